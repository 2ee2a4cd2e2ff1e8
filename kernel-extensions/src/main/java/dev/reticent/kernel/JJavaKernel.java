package dev.reticent.kernel;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.dflib.jjava.jupyter.channels.JupyterConnection;
import org.dflib.jjava.jupyter.channels.ReplyEnvironment;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.messages.publish.PublishUpdateDisplayData;

/** JJava 1.0, alpha 6 and 7: only what both have is called. */
final class JJavaKernel implements Kernel {

  private final BaseKernel kernel;
  private Optional<CellAssist> waiting = Optional.empty();

  JJavaKernel(BaseKernel kernel) {
    this.kernel = kernel;
  }

  /** The kernel that runs in this JVM. */
  static Optional<Kernel> running() {
    return Optional.of(new JJavaKernel(BaseKernel.notebookKernel()));
  }

  private static DisplayData data(Display display) {
    DisplayData data = new DisplayData();
    display.data().forEach(data::putData);
    return data;
  }

  @Override
  public void show(Display display) {
    kernel.display(data(display));
  }

  /**
   * The channel of the cell that runs now, kept so that it can be written to after the cell has
   * ended: what is displayed while no cell runs is dropped, and goes to another cell while that
   * runs. A stopped run ends a step later than its cell, so its last word would be lost.
   */
  private Optional<ReplyEnvironment> channel() {
    return PrivateFields.read(kernel.getIO().display, "env", ReplyEnvironment.class);
  }

  @Override
  public Slot live(Display display) {
    String id = UUID.randomUUID().toString();
    Optional<ReplyEnvironment> channel = channel();
    DisplayData first = data(display);
    first.putTransientData(DisplayData.DISPLAY_ID_KEY, id);
    kernel.display(first);
    return next -> {
      DisplayData update = data(next);
      update.putTransientData(DisplayData.DISPLAY_ID_KEY, id);
      channel.ifPresentOrElse(
          open -> open.publish(new PublishUpdateDisplayData(update)),
          () -> kernel.getIO().display.updateDisplay(update));
    };
  }

  @Override
  public void lineMagic(String name, LineMagic magic) {
    kernel
        .getMagicsRegistry()
        .registerLineMagic(
            name,
            (unused, arguments) -> {
              assistWhoWaits();
              magic.run(arguments);
              return null;
            });
  }

  @Override
  public void cellMagic(String name, CellMagic magic) {
    kernel
        .getMagicsRegistry()
        .registerCellMagic(
            name,
            (unused, arguments, body) -> {
              assistWhoWaits();
              magic.run(arguments, body);
              return null;
            });
  }

  @Override
  public Set<String> lineMagics() {
    return kernel.getMagicsRegistry().getLineMagicNames();
  }

  @Override
  public Set<String> cellMagics() {
    return kernel.getMagicsRegistry().getCellMagicNames();
  }

  /**
   * The kernel's connection, which is known while a cell runs, passes requests on. An extension
   * that the kernel finds as it starts is told before there is a cell: it asks again in the first.
   */
  @Override
  public void assist(CellAssist assist) {
    Optional<JupyterConnection> connection =
        channel()
            .flatMap(open -> PrivateFields.read(open, "shell", Object.class))
            .flatMap(shell -> PrivateFields.read(shell, "connection", JupyterConnection.class));
    connection.ifPresent(open -> JJavaAssist.join(open, assist));
    waiting = connection.isPresent() ? Optional.empty() : Optional.of(assist);
  }

  private void assistWhoWaits() {
    waiting.ifPresent(this::assist);
  }

  @Override
  public <T> void renderer(Class<T> type, Function<T, Display> renderer) {
    kernel
        .getRenderer()
        .createRegistration(type)
        .preferring(Display.HTML)
        .supporting(Display.TEXT, Display.SVG, Display.PNG)
        .register(
            (value, context) ->
                renderer.apply(value).data().forEach(context.getOutputContainer()::putData));
  }

  @Override
  public void evaluate(String code) {
    kernel.evalRaw(code);
  }
}
