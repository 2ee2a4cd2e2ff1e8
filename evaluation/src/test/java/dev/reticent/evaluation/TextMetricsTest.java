package dev.reticent.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TextMetricsTest {
  private static final Offset<Double> CLOSE = within(1e-6);

  static Stream<JsonNode> rows() throws IOException {
    return Oracle.list("rows");
  }

  static Stream<JsonNode> corpora() throws IOException {
    return Oracle.list("corpora");
  }

  @ParameterizedTest
  @MethodSource("rows")
  void rowsScoreAsInThePythonPackages(JsonNode row) {
    String prediction = row.get("prediction").textValue();
    String reference = row.get("reference").textValue();
    assertThat(AnswerMatch.normalised(prediction, reference))
        .isEqualTo(row.get("match").booleanValue());
    assertThat(AnswerMatch.tokenF1(prediction, reference))
        .isCloseTo(row.get("f1").doubleValue(), CLOSE);
    RougeL rouge = RougeL.of(prediction, reference);
    assertThat(rouge.precision()).isCloseTo(row.get("rouge").get(0).doubleValue(), CLOSE);
    assertThat(rouge.recall()).isCloseTo(row.get("rouge").get(1).doubleValue(), CLOSE);
    assertThat(rouge.f()).isCloseTo(row.get("rouge").get(2).doubleValue(), CLOSE);
    assertThat(Bleu.sentence(prediction, reference))
        .isCloseTo(row.get("bleu").doubleValue(), CLOSE);
    assertThat(Chrf.sentence(prediction, reference))
        .isCloseTo(row.get("chrf").doubleValue(), CLOSE);
  }

  @ParameterizedTest
  @MethodSource("corpora")
  void corporaScoreAsInSacrebleu(JsonNode corpus) throws IOException {
    int start = corpus.get("start").intValue();
    int end = corpus.get("end").intValue();
    JsonNode rows = Oracle.all().get("rows");
    List<String> predictions = Oracle.texts(rows, "prediction", start, end);
    List<String> references = Oracle.texts(rows, "reference", start, end);
    assertThat(Bleu.corpus(predictions, references))
        .isCloseTo(corpus.get("bleu").doubleValue(), CLOSE);
    assertThat(Chrf.corpus(predictions, references))
        .isCloseTo(corpus.get("chrf").doubleValue(), CLOSE);
  }

  @Test
  void signaturesAreThoseOfSacrebleu() throws IOException {
    JsonNode signatures = Oracle.all().get("signatures");
    assertThat(signatures.get("bleu").textValue()).startsWith(Bleu.CORPUS_SIGNATURE + "|version");
    assertThat(signatures.get("sentence_bleu").textValue())
        .startsWith(Bleu.SENTENCE_SIGNATURE + "|version");
    assertThat(signatures.get("chrf").textValue()).startsWith(Chrf.SIGNATURE + "|version");
  }

  @Test
  void theStrictMatchForgivesSpaceAtTheEndsOnly() {
    assertThat(AnswerMatch.exact(" 12 rows\n", "12 rows")).isTrue();
    assertThat(AnswerMatch.exact("12 Rows", "12 rows")).isFalse();
    assertThat(AnswerMatch.normalised("The 12  Rows.", "12 rows")).isTrue();
  }

  @Test
  void unequalListsAreRefused() {
    assertThatThrownBy(() -> Bleu.corpus(List.of("a"), List.of("a", "b")))
        .hasMessageContaining("1 values and 2");
    assertThatThrownBy(() -> Chrf.corpus(List.of(), List.of())).hasMessageContaining("no rows");
  }
}
