package dev.reticent.privacy;

import static dev.reticent.privacy.ConformanceFixtures.PLAN;
import static dev.reticent.privacy.ConformanceFixtures.header;
import static dev.reticent.privacy.ConformanceFixtures.ledger;
import static dev.reticent.privacy.ConformanceFixtures.statement;
import static dev.reticent.privacy.ConformanceFixtures.tradeOff;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.privacy.accounting.Adjacency;
import dev.reticent.privacy.accounting.TradeOff;
import java.io.IOException;
import java.util.List;
import java.util.TreeMap;

/** What a statement says, and what it must not. */
final class StatementConformance {

  private StatementConformance() {}

  static void testKeyHasNoGuarantee() throws IOException {
    assertThat(RunKey.insecureForTests(1).secret()).isFalse();
    assertThat(RunKey.fresh().secret()).isTrue();
    try (Ledger ledger = ledger(PLAN, true, 9)) {
      assertThatThrownBy(() -> new GaussianMechanism(PLAN, RunKey.insecureForTests(1), ledger, 0))
          .hasMessageContaining("test key");
    }
    PrivacyStatement statement = statement(false);
    assertThat(statement.toText()).contains("NO privacy").doesNotContain("2.5");
    assertThat(statement.toJson()).contains("\"guarantee\": false").doesNotContain("pld");
    assertThat(statement(true).toText()).contains("ε = 2.5000", "LARGER than 1/N", "row");
    assertThat(statement(true).toJson())
        .contains("\"epsilon\": 2.5", "\"epsilon_replace_one_pld_upper\": 2.5", "\"A remark.\"");
  }

  /** Who is told N can tell by it whether a unit was there: only replacing one is hidden. */
  static void statementThatTellsTheSizeQuotesTheBoundForReplacing() {
    List<PrivacyStatement.Bound> adding =
        List.of(new PrivacyStatement.Bound("epsilon_pld_upper", "PLD, one row", 1.5));
    LedgerHeader header = header(PLAN, true, 9);
    TradeOff tradeOff = tradeOff(Adjacency.ADD_OR_REMOVE_ONE);
    assertThat(
            new PrivacyStatement(header, 12, 12, adding, tradeOff, 0, new TreeMap<>(), List.of())
                .toText())
        .contains("whether any one unit was in", "adding or removing", "e^ε = 4.5")
        .doesNotContain("N =");
    assertThatThrownBy(
            () ->
                new PrivacyStatement(
                    header, 12, 12, adding, tradeOff, 500, new TreeMap<>(), List.of()))
        .hasMessageContaining("must quote the bound for replacing");
    assertThat(statement(true).toText())
        .contains("N = 1000000", "what any one unit's data was", "replacing one unit");
  }

  static void bestCheckpointIsNotChosenOnPrivateData() {
    assertThat(EvaluationData.PUBLIC.objectionToSelecting()).isEmpty();
    assertThat(EvaluationData.PRIVATE.objectionToSelecting().orElse(""))
        .contains("covered by no ε");
  }
}
