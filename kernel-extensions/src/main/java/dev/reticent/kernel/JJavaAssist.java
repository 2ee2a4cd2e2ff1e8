package dev.reticent.kernel;

import java.util.Map;
import java.util.Optional;
import org.dflib.jjava.jupyter.channels.JupyterConnection;
import org.dflib.jjava.jupyter.channels.ShellHandler;
import org.dflib.jjava.jupyter.channels.ShellReplyEnvironment;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.messages.Message;
import org.dflib.jjava.jupyter.messages.reply.CompleteReply;
import org.dflib.jjava.jupyter.messages.reply.InspectReply;
import org.dflib.jjava.jupyter.messages.request.CompleteRequest;
import org.dflib.jjava.jupyter.messages.request.InspectRequest;

/**
 * Tab and Shift-Tab in JJava: requests about a magic's cell are answered here, all others by the
 * kernel.
 */
final class JJavaAssist {

  private JJavaAssist() {}

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
