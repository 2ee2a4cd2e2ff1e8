package dev.reticent.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.evaluation.judge.Criterion;
import dev.reticent.evaluation.judge.Outcome;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  @TempDir private Path folder;

  private String written(String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }

  /** numpy 2.4.6 of the scores 1, 2, 2, 5: variance 2.25, 90th percentile 4.1. */
  @Test
  void figuresAreThoseOfNumpyAndEveryRowIsCounted() {
    GradeSummary summary = GradeSummary.of(Samples.grades(1, 2, 0, 2, 5, 0), 0);
    assertThat(summary.variance()).isCloseTo(2.25, within(1e-12));
    assertThat(summary.p90()).isCloseTo(4.1, within(1e-12));
    assertThat(summary.rows()).isEqualTo(6);
    assertThat(summary.scored()).isEqualTo(4);
    assertThat(summary.outcomes().get(Outcome.UNPARSEABLE)).isEqualTo(2);
    assertThat(summary.share(2)).isCloseTo(1 / 3.0, within(1e-12));
    assertThat(summary.unscoredShare()).isCloseTo(1 / 3.0, within(1e-12));
    double all = summary.unscoredShare();
    for (int score = 1; score <= 5; score++) {
      all += summary.share(score);
    }
    assertThat(all).isCloseTo(1, within(1e-12));
  }

  @Test
  void allFilesAreWrittenAndWellFormed() throws Exception {
    assertThat(new ResultFiles(folder).write(Samples.evaluation())).isEmpty();
    ObjectMapper json = new ObjectMapper();
    assertThat(written("results.jsonl").lines())
        .hasSize(12)
        .allSatisfy(
            line ->
                assertThat(json.readTree(line).at("/answer_correctness/outcome").asText())
                    .isIn("scored", "unparseable"));
    JsonNode summary = json.readTree(written("summary.json"));
    assertThat(summary.at("/models/dp/metrics/answer_similarity~1strict~1mean").asDouble())
        .isCloseTo(13 / 3.0, within(1e-12));
    assertThat(summary.at("/models/dp/grades/answer_similarity").toString())
        .isEqualTo("[0,0,1,0,2]");
    assertThat(written("summary.md")).contains("more than 57.8 %", "(trade-off.svg)");
    assertThat(written("trade-off.svg")).startsWith("<svg");
    assertThat(written("report.html")).contains("more than 57.8 %", "&lt;trade-off&gt;");
    for (String chart : new String[] {"grades", "means"}) {
      DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(new File(folder.toFile(), chart + ".svg"));
      BufferedImage image = ImageIO.read(new File(folder.toFile(), chart + ".png"));
      assertThat(image.getWidth()).isGreaterThan(1500);
    }
  }

  @Test
  void aTableIsPandasSplitWithMlflowsColumns() throws Exception {
    JsonNode table =
        new ObjectMapper()
            .readTree(
                ResultTable.of(Samples.evaluation(), Samples.evaluation().models().get(1), true));
    assertThat(table.path("columns").toString())
        .startsWith(
            "[\"id\",\"inputs\",\"answer\",\"prediction\",\"answer_similarity/strict/score\","
                + "\"answer_similarity/strict/justification\","
                + "\"answer_correctness/strict/score\","
                + "\"answer_correctness/strict/justification\"");
    assertThat(table.path("data").size()).isEqualTo(4);
    table
        .path("data")
        .forEach(row -> assertThat(row.size()).isEqualTo(table.path("columns").size()));
    assertThat(table.at("/data/2/4").isNull()).as("no grade").isTrue();
  }

  @Test
  void privateRowsCanBeLeftOut() throws Exception {
    Evaluation evaluation = Samples.evaluation();
    String table = ResultTable.of(evaluation, evaluation.models().get(0), false);
    assertThat(new ObjectMapper().readTree(table).path("data").size()).isEqualTo(3);
    assertThat(table).doesNotContain("a private question");
  }

  @Test
  void thePageNeedsNothingElseAndRunsNothingThatModelsSay() throws Exception {
    String html = HtmlReport.of(Samples.evaluation());
    assertThat(html)
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;")
        .doesNotContain("<script", "src=", "href=", "url(", "@import");
    assertThat(html).contains("NOT graded by a language model", "unparseable", "<svg");
  }

  @Test
  void whatIsFilledInIsEscapedOnceAndNoTemplate() {
    HtmlPart bold = HtmlPart.of("<b>%s</b>", "&");
    assertThat(HtmlPart.of("<p>%s%s</p>", "a < 5 %s", bold).text())
        .isEqualTo("<p>a &lt; 5 %s<b>&amp;</b></p>");
  }

  @Test
  void theSummarySaysWhoGradedAndShowsTheCounts() {
    String text = MarkdownReport.of(Samples.evaluation());
    assertThat(text)
        .contains("**NOT graded by a language model: a stand-in rule")
        .contains("| Answer similarity | Fine-tuned with DP (ε = 3.00, δ = 1e-5) | 4.33 [")
        .contains("3 of 4");
    assertThat(Samples.evaluation().metric(Criterion.ANSWER_SIMILARITY))
        .isEqualTo("answer_similarity/strict");
  }
}
