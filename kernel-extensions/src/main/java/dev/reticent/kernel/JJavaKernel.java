package dev.reticent.kernel;

import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.dflib.jjava.jupyter.channels.ReplyEnvironment;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.messages.publish.PublishUpdateDisplayData;

/** JJava 1.0, alpha 6 and 7: only what both have is called. */
final class JJavaKernel implements Kernel {

  private final BaseKernel kernel;

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

  @Override
  public Slot live(Display display) {
    String id = UUID.randomUUID().toString();
    Optional<ReplyEnvironment> channel =
        LiveDisplays.channel(kernel.getIO().display, ReplyEnvironment.class);
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
              magic.run(arguments, body);
              return null;
            });
  }

  @Override
  public <T> void renderer(Class<T> type, Function<T, Display> renderer) {
    kernel
        .getRenderer()
        .createRegistration(type)
        .preferring(Display.HTML)
        .supporting(Display.TEXT, Display.SVG)
        .register(
            (value, context) ->
                renderer.apply(value).data().forEach(context.getOutputContainer()::putData));
  }

  @Override
  public void evaluate(String code) {
    kernel.evalRaw(code);
  }
}
