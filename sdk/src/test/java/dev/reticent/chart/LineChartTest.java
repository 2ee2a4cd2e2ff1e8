package dev.reticent.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;

class LineChartTest {

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
}
