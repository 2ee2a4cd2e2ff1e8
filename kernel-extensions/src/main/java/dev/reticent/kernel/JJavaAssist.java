package dev.reticent.kernel;

import java.util.Map;
import org.dflib.jjava.jupyter.channels.JupyterConnection;
import org.dflib.jjava.jupyter.channels.ShellHandler;
import org.dflib.jjava.jupyter.channels.ShellReplyEnvironment;
import org.dflib.jjava.jupyter.messages.ContentType;
import org.dflib.jjava.jupyter.messages.reply.CompleteReply;
import org.dflib.jjava.jupyter.messages.reply.InspectReply;
import org.dflib.jjava.jupyter.messages.request.CompleteRequest;
import org.dflib.jjava.jupyter.messages.request.InspectRequest;

/**
 * Tab and Shift-Tab in JJava; {@link CellAssist} knows the answers, {@link JupyterKernel} why there
 * are two of this.
 */
final class JJavaAssist {

  private JJavaAssist() {}

  /**
   * Lets magics' cells answer a connection's requests, and leaves all others to who answered so
   * far. To join twice changes nothing.
   */
  static void join(JupyterConnection connection, CellAssist assist) {
    ShellHandler<CompleteRequest> complete = connection.getHandler(CompleteRequest.MESSAGE_TYPE);
    connection.setHandler(
        CompleteRequest.MESSAGE_TYPE,
        (channel, asked) ->
            assist
                .complete(asked.getContent().getCode(), asked.getContent().getCursorPos())
                .ifPresentOrElse(
                    found -> reply(channel, words(found)), () -> complete.handle(channel, asked)));
    ShellHandler<InspectRequest> inspect = connection.getHandler(InspectRequest.MESSAGE_TYPE);
    connection.setHandler(
        InspectRequest.MESSAGE_TYPE,
        (channel, asked) ->
            assist
                .inspect(asked.getContent().getCode(), asked.getContent().getCursorPos())
                .ifPresentOrElse(
                    help -> reply(channel, new InspectReply(true, JJavaKernel.dataOf(help))),
                    () -> inspect.handle(channel, asked)));
  }

  private static CompleteReply words(CellAssist.Completion found) {
    return new CompleteReply(found.words(), found.start(), found.end(), Map.of());
  }

  private static <T extends ContentType<T>> void reply(ShellReplyEnvironment channel, T content) {
    channel.setBusyDeferIdle();
    channel.reply(content);
  }
}
