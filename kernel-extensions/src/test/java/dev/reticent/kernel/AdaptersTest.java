package dev.reticent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spencerpark.jupyter.kernel.display.DisplayData;
import io.github.spencerpark.jupyter.kernel.magic.registry.Magics;
import java.util.List;
import java.util.ServiceLoader;
import org.dflib.jjava.jupyter.Extension;
import org.junit.jupiter.api.Test;

/** The adapters against the kernels' own registries and renderers. */
class AdaptersTest {

  /** A kernel of IJava's base that is not connected to anything. */
  private static final class Unconnected extends io.github.spencerpark.jupyter.kernel.BaseKernel {
    @Override
    public DisplayData eval(String expr) {
      return new DisplayData(expr);
    }

    @Override
    public io.github.spencerpark.jupyter.kernel.LanguageInfo getLanguageInfo() {
      return new io.github.spencerpark.jupyter.kernel.LanguageInfo.Builder("Java").build();
    }
  }

  @Test
  void ijavaGetsMagicsAndRenderers() throws Exception {
    Magics magics = new Magics();
    Unconnected base = new Unconnected();
    IJavaKernel kernel = new IJavaKernel(base, magics);
    StringBuilder said = new StringBuilder();
    kernel.lineMagic("line", arguments -> said.append(arguments));
    kernel.cellMagic("cell", (arguments, body) -> said.append(arguments).append(body));
    kernel.renderer(SampleTable.class, SampleTable::display);
    Object unused = magics.applyLineMagic("line", List.of("a"));
    unused = magics.applyCellMagic("cell", List.of("b"), "c");
    assertThat(said.toString()).isEqualTo("[a][b]c");
    DisplayData data = base.getRenderer().render(new SampleTable(List.of()));
    assertThat(
            data.getData(
                io.github.spencerpark.jupyter.kernel.display.mime.MIMEType.parse("text/html")))
        .asString()
        .contains("<table>");
  }

  @Test
  void anErrorNamesAMagicAsItWasTyped() {
    // As IJava 1.3.0 makes it of a cell that begins with %%finetune.
    String made =
        "cellMagic(new String(Base64.getDecoder().decode(\"ZmluZXR1bmU=\")),List.of(),"
            + "new String(Base64.getDecoder().decode(\"YTogMQ==\")));";
    assertThat(IJavaKernel.asTyped(made)).isEqualTo("%%finetune");
    assertThat(IJavaKernel.asTyped("Thread.sleep(1000);")).isEqualTo("Thread.sleep(1000);");
  }

  @Test
  void jjavaFindsTheExtension() {
    assertThat(ServiceLoader.load(Extension.class))
        .hasAtLeastOneElementOfType(JJavaExtension.class);
  }

  @Test
  void withoutAKernelThingsArePrinted() {
    assertThat(Kernels.find()).isInstanceOf(ConsoleKernel.class);
  }
}
