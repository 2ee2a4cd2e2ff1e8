package dev.reticent.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.reticent.privacy.LedgerHeader;
import dev.reticent.privacy.PrivacyStatement;
import dev.reticent.privacy.PrivacyStatement.Bound;
import dev.reticent.privacy.SubsampledGaussian;
import dev.reticent.privacy.accounting.Adjacency;
import dev.reticent.privacy.accounting.Neighbors;
import dev.reticent.privacy.accounting.PldAccountant;
import dev.reticent.privacy.accounting.PrivacyEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The label against its published schema, and against what it says it comes from. */
class PrivacyLabelTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final PrivacyEvent EVENT = PrivacyEvent.poisson(0.05, 0.8, 20);

  private static PrivacyStatement statement() {
    PldAccountant pld = new PldAccountant(Neighbors.ADD_OR_REMOVE_ROW);
    return new PrivacyStatement(
        new LedgerHeader(
            new SubsampledGaussian(0.05, 0.8, 20),
            1,
            1e-5,
            Double.POSITIVE_INFINITY,
            Adjacency.ADD_OR_REMOVE_ONE,
            "row",
            "digest",
            true),
        20,
        20,
        List.of(new Bound("epsilon_pld_upper", "upper, PLD", pld.epsilon(EVENT, 1e-5))),
        pld.tradeOff(EVENT),
        0,
        new TreeMap<>(),
        List.of());
  }

  private static JsonSchema schema() throws IOException {
    Path file = Path.of(System.getProperty("basedir", "."), "..", "docs/privacy-label.schema.json");
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
        .getSchema(Files.readString(file));
  }

  @Test
  void aLabelFitsItsSchemaAndAnAlteredOneDoesNot() throws IOException {
    ObjectNode label = (ObjectNode) JSON.readTree(PrivacyLabel.of(statement().toJson()));
    assertThat(schema().validate(label)).isEmpty();
    ObjectNode answers = (ObjectNode) label.path("answers");
    ((ObjectNode) answers.path("best_test_accuracy")).put("answer", 0.4);
    ((ObjectNode) answers.path("mechanism")).put("source", "because");
    answers.remove("unit");
    answers.putObject("another");
    assertThat(schema().validate(label)).hasSizeGreaterThanOrEqualTo(4);
  }

  @Test
  void everyAnswerIsInItsSource() throws Exception {
    JsonNode statement = JSON.readTree(statement().toJson());
    for (JsonNode entry : PrivacyLabel.of(statement).path("answers")) {
      String source = entry.path("source").asText();
      if (source.startsWith("code:")) {
        assertThat(Class.forName(source.substring("code:".length()))).isNotNull();
      } else {
        JsonNode field = statement.at(source.substring(source.indexOf('#') + 1));
        assertThat(field.isMissingNode()).as(source).isFalse();
        assertThat(entry.path("answer")).as(source).isEqualTo(field);
      }
    }
  }

  @Test
  void theStatementSaysItAsPeopleDecide() {
    // dp_accounting 0.6.0: the best test is right in 57.106 %, and has 3.646 % and 0.668 % of true
    // positives; its epsilon is 3.37994.
    assertThat(statement().toText())
        .contains("No test is right more than 57.2 % of the time about whether a unit was used")
        .contains("in at most 3.7 %; at 0.1 %, in 0.7 %")
        .contains("e^ε = 29.4")
        .doesNotContain("hardly");
  }

  @Test
  void theCurveInTheStatementIsTheOneThatIsDrawn() throws IOException {
    String svg = TradeOffChart.of(statement().decisions()).svg();
    assertThat(svg).contains("<svg", "best test");
    assertThat(TradeOffChart.of(JSON.readTree(statement().toJson())).orElseThrow().svg())
        .isEqualTo(svg);
    assertThat(TradeOffChart.of(JSON.createObjectNode())).isEmpty();
  }
}
