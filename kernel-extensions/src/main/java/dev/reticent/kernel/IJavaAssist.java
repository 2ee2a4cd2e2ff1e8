package dev.reticent.kernel;

import io.github.spencerpark.jupyter.channels.JupyterConnection;
import io.github.spencerpark.jupyter.channels.ShellHandler;
import io.github.spencerpark.jupyter.channels.ShellReplyEnvironment;
import io.github.spencerpark.jupyter.messages.ContentType;
import io.github.spencerpark.jupyter.messages.Message;
import io.github.spencerpark.jupyter.messages.ReplyType;
import io.github.spencerpark.jupyter.messages.reply.CompleteReply;
import io.github.spencerpark.jupyter.messages.reply.InspectReply;
import io.github.spencerpark.jupyter.messages.request.CompleteRequest;
import io.github.spencerpark.jupyter.messages.request.InspectRequest;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Tab and Shift-Tab in IJava 1.3.0; {@link CellAssist} knows the answers. */
final class IJavaAssist {

  private IJavaAssist() {}

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
                    .map(help -> new InspectReply(true, IJavaKernel.dataOf(help)))));
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
