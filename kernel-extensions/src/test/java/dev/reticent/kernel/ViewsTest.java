package dev.reticent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.chart.LineChart;
import dev.reticent.config.Config;
import dev.reticent.privacy.CanaryAudit;
import dev.reticent.privacy.CanaryAudit.Scored;
import dev.reticent.run.ReleaseAudit;
import dev.reticent.run.ReleaseAudit.Way;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ViewsTest {

  private static final String NASTY = "<script>alert(1)</script> & \"x\" 'y'\nnext";

  @Test
  void whatComesFromOutsideIsEscapedInEveryDisplay() {
    List<Display> displays =
        List.of(
            Views.text(NASTY),
            Views.table(NASTY, List.of(NASTY), List.of(List.of(NASTY))),
            Views.config(Config.empty().with("key", NASTY)));
    for (Display display : displays) {
      assertThat(display.data().get(Display.HTML))
          .contains("&lt;script&gt;")
          .doesNotContain("<script");
      assertThat(display.text()).contains("<script>");
    }
  }

  @Test
  void aDisplayHasText() {
    assertThatThrownBy(() -> new Display(Map.of(Display.HTML, "x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("text/plain");
  }

  @Test
  void aTextTableLinesItsColumnsUp() {
    assertThat(
            TextTable.of(
                List.of("a", "b"), List.of(List.of("long cell", "x\ny"), List.of("s", "z"))))
        .isEqualTo("a          b\nlong cell  x⏎y\ns          z");
  }

  @Test
  void chartsArePicturesInTwoFormats() throws Exception {
    Display bars = new BarChart("bars", Map.of("a", 1.0)).display();
    LineChart line = new LineChart("line", "x", List.of());
    CanaryAudit found = CanaryAudit.of(List.of(new Scored(1, true), new Scored(0, false)), 0);
    Display audit =
        Views.of(new ReleaseAudit(List.of(new Way("black", "loss", found)), 3, List.of()));
    assertThat(audit.text()).startsWith("Audited with 2 canaries");
    for (Display chart :
        List.of(
            bars, audit, Display.chart(line), new ChartsBeside(List.of(line, line)).display())) {
      assertThat(chart.data()).containsKeys(Display.SVG, Display.PNG, Display.TEXT);
      byte[] png = Base64.getDecoder().decode(chart.data().get(Display.PNG));
      BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
      assertThat(chart.data().get(Display.SVG))
          .contains("width=\"" + image.getWidth() / 2 + "\"")
          .contains("height=\"" + image.getHeight() / 2 + "\"");
    }
  }

  @Test
  void backticksAreRenderedAndWhatIsInThemEscaped() {
    assertThat(Html.prose("run `%%finetune <x>`"))
        .isEqualTo("run <code>%%finetune &lt;x&gt;</code>");
  }

  @Test
  void aMagicsMistakeIsShownAtItsLineOfTheCell() {
    RecordingKernel kernel = new RecordingKernel(display -> {});
    Magics.register(kernel);
    assertThatThrownBy(
            () ->
                kernel
                    .cellMagics
                    .get("finetune")
                    .run(List.of(), "foundation_model_name: reticent-tiny\nlroa: {}\n"))
        .hasMessageContaining("cell:3:1: lroa: unknown key; did you mean 'lora'?");
    assertThat(kernel.shown).as("the error is the cell's, and told once").isEmpty();
    assertThatThrownBy(() -> kernel.cellMagics.get("sample").run(List.of(), "a: [1\nb: 2"))
        .hasMessageContaining("cell:3:2: not valid YAML");
    assertThatThrownBy(() -> kernel.lineMagics.get("tensorboard").run(List.of("no/such/folder")))
        .hasMessageContaining("there is no folder");
  }
}
