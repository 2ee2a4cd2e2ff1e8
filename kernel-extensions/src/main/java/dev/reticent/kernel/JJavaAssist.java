package dev.reticent.kernel;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.dflib.jjava.jupyter.channels.JupyterConnection;
import org.dflib.jjava.jupyter.channels.ShellHandler;
import org.dflib.jjava.jupyter.channels.ShellReplyEnvironment;
import org.dflib.jjava.jupyter.messages.ContentType;
import org.dflib.jjava.jupyter.messages.Message;
import org.dflib.jjava.jupyter.messages.ReplyType;
import org.dflib.jjava.jupyter.messages.reply.CompleteReply;
import org.dflib.jjava.jupyter.messages.reply.InspectReply;
import org.dflib.jjava.jupyter.messages.request.CompleteRequest;
import org.dflib.jjava.jupyter.messages.request.InspectRequest;

/** Tab and Shift-Tab in JJava; {@link CellAssist} knows the answers. */
final class JJavaAssist {

  private JJavaAssist() {}

  /** Takes the requests of a connection, once. */
  static void join(JupyterConnection connection, CellAssist assist) {
    ShellHandler<CompleteRequest> complete = connection.getHandler(CompleteRequest.MESSAGE_TYPE);
    ShellHandler<InspectRequest> inspect = connection.getHandler(InspectRequest.MESSAGE_TYPE);
    if (complete instanceof Assisted) {
      return;
    }
    connection.setHandler(
        CompleteRequest.MESSAGE_TYPE,
        new Assisted<>(
            complete,
            asked ->
                assist
                    .complete(asked.getCode(), asked.getCursorPos())
                    .map(w -> new CompleteReply(w.words(), w.start(), w.end(), Map.of()))));
    connection.setHandler(
        InspectRequest.MESSAGE_TYPE,
        new Assisted<>(
            inspect,
            asked ->
                assist
                    .inspect(asked.getCode(), asked.getCursorPos())
                    .map(help -> new InspectReply(true, JJavaKernel.dataOf(help)))));
  }

  /** Answers requests about a magic's cell, and leaves all others to the kernel. */
  private record Assisted<Q, A extends ContentType<A> & ReplyType<?>>(
      ShellHandler<Q> kernel, Function<Q, Optional<A>> answers) implements ShellHandler<Q> {
    @Override
    public void handle(ShellReplyEnvironment reply, Message<Q> message) {
      Optional<A> answer = answers.apply(message.getContent());
      if (answer.isEmpty()) {
        kernel.handle(reply, message);
      } else {
        reply.setBusyDeferIdle();
        reply.reply(answer.get());
      }
    }
  }
}
