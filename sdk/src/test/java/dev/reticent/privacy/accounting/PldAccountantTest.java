package dev.reticent.privacy.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against the closed forms, and dp_accounting 0.6.0's connect-the-dots upper bounds. */
class PldAccountantTest {
  static List<Map<String, String>> rows() throws IOException {
    Set<String> fast = Set.of("A01", "A05", "B03", "B09", "B14");
    return RdpAccountantTest.accounting().stream().filter(r -> fast.contains(r.get("id"))).toList();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void bracketsHoldTheReference(Map<String, String> row) {
    EpsilonBracket ours = of(row, Adjacency.ADD_OR_REMOVE_ONE);
    double reference = Double.parseDouble(row.get("eps_pld_upper"));
    assertThat(ours.upper()).as(row.get("id")).isBetween(reference - 1e-3, reference + 1e-3);
    assertThat(ours.width())
        .as(row.get("id"))
        .isLessThanOrEqualTo(Math.max(1.5e-3, ours.upper() > 50 ? 1e-3 * ours.upper() : 0));
    String exact = row.get("eps_exact_closed_form");
    if (!exact.isEmpty()) {
      assertThat(Double.parseDouble(exact)).isBetween(ours.lower(), ours.upper());
      assertThat(ours.upper()).isLessThan(Double.parseDouble(exact) + 1e-6);
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void replaceOneIsThatOfTheReference(Map<String, String> row) {
    double reference = Double.parseDouble(row.get("eps_pld_replace_one_upper"));
    assertThat(of(row, Adjacency.REPLACE_ONE).upper())
        .as(row.get("id"))
        .isBetween(reference - 1e-3, reference + 1e-3);
  }

  private static EpsilonBracket of(Map<String, String> row, Adjacency adjacency) {
    return new PldAccountant(
            Double.parseDouble(row.get("q")), Double.parseDouble(row.get("sigma")), adjacency)
        .epsilon(Integer.parseInt(row.get("steps")), Double.parseDouble(row.get("delta")));
  }
}
