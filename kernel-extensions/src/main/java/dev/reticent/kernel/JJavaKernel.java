package dev.reticent.kernel;

import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.dflib.jjava.jupyter.channels.JupyterConnection;
import org.dflib.jjava.jupyter.channels.ReplyEnvironment;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.messages.publish.PublishUpdateDisplayData;

/** JJava 1.0, alpha 6 and 7: only what both have is called. */
final class JJavaKernel extends JupyterKernel<DisplayData, ReplyEnvironment> {

  private final BaseKernel kernel;
  private Optional<CellAssist> waiting = Optional.empty();

  JJavaKernel(BaseKernel kernel) {
    this.kernel = kernel;
  }

  /** The kernel that runs in this JVM. */
  static Optional<Kernel> running() {
    return Optional.of(new JJavaKernel(BaseKernel.notebookKernel()));
  }

  static DisplayData dataOf(Display display) {
    DisplayData data = new DisplayData();
    display.data().forEach(data::putData);
    return data;
  }

  @Override
  DisplayData data(Display display) {
    return dataOf(display);
  }

  @Override
  void name(DisplayData data, String id) {
    data.putTransientData(DisplayData.DISPLAY_ID_KEY, id);
  }

  @Override
  void display(DisplayData data) {
    kernel.display(data);
  }

  @Override
  void update(DisplayData data) {
    kernel.getIO().display.updateDisplay(data);
  }

  @Override
  void update(DisplayData data, ReplyEnvironment channel) {
    channel.publish(new PublishUpdateDisplayData(data));
  }

  @Override
  Optional<ReplyEnvironment> channel() {
    return channelOf(kernel.getIO().display, ReplyEnvironment.class);
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
    Optional<JupyterConnection> connection = connection(JupyterConnection.class);
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
