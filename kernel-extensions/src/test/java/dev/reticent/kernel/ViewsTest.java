package dev.reticent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.Config;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;

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

  @ParameterizedTest
  @ValueSource(doubles = {1, 0, -3, 1e-7, 1e9, Double.NaN, Double.POSITIVE_INFINITY})
  void aChartIsWellFormedXmlWithoutScriptWhateverTheValues(double value) throws Exception {
    String svg =
        new LineChart(
                "<title>",
                "step",
                List.of(
                    new LineChart.Series(
                        "a & b",
                        List.of(new LineChart.Point(1, value), new LineChart.Point(2, 1)),
                        false),
                    new LineChart.Series("none", List.of(), true)))
            .svg();
    Document document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    assertThat(document.getElementsByTagName("polyline").getLength()).isEqualTo(2);
    assertThat(document.getElementsByTagName("script").getLength()).isZero();
    assertThat(svg).doesNotContain("NaN").doesNotContain("Infinity");
  }

  @Test
  void higherValuesAreDrawnHigher() {
    String svg =
        new LineChart(
                "t",
                "x",
                List.of(
                    new LineChart.Series(
                        "s",
                        List.of(new LineChart.Point(0, 0), new LineChart.Point(10, 5)),
                        false)))
            .svg();
    assertThat(svg).contains("points=\"58.0,218.0 504.0,34.0\"");
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
