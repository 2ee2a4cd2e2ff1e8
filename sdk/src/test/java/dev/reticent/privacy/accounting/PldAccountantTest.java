package dev.reticent.privacy.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Against the closed forms, and dp_accounting 0.6.0's connect-the-dots upper bounds. */
class PldAccountantTest {
  /** Where 2²¹ dots are too coarse for a width of 1e-3; see docs/accounting.md. */
  private static final Set<String> WIDE = Set.of("B04");

  /** All but B17, where the reference itself is unstable. */
  static List<Map<String, String>> rows() throws IOException {
    return RdpAccountantTest.accounting().stream().filter(r -> !r.get("id").equals("B17")).toList();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void bracketsHoldTheReference(Map<String, String> row) {
    EpsilonBracket ours = of(row, Adjacency.ADD_OR_REMOVE_ONE);
    near(row, ours.upper(), Double.parseDouble(row.get("eps_pld_upper")));
    narrow(row, ours);
    String exact = row.get("eps_exact_closed_form");
    if (!exact.isEmpty()) {
      assertThat(Double.parseDouble(exact)).isBetween(ours.lower(), ours.upper());
      assertThat(ours.upper()).isLessThan(Double.parseDouble(exact) + 1e-6);
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void replaceOneIsThatOfTheReference(Map<String, String> row) {
    EpsilonBracket ours = of(row, Adjacency.REPLACE_ONE);
    near(row, ours.upper(), Double.parseDouble(row.get("eps_pld_replace_one_upper")));
    narrow(row, ours);
  }

  /** B13's reference has a grid of 0.01 and rounds each of 109 losses up, so it is about 1 high. */
  private static void near(Map<String, String> row, double upper, double reference) {
    double below = row.get("id").equals("B13") ? 1.1 : 1e-3;
    assertThat(upper).as(row.get("id")).isBetween(reference - below, reference + 1e-3);
  }

  private static void narrow(Map<String, String> row, EpsilonBracket ours) {
    double allowed = WIDE.contains(row.get("id")) ? 0.06 : 1e-3;
    assertThat(ours.width())
        .as(row.get("id"))
        .isLessThanOrEqualTo(Math.max(allowed, ours.upper() > 50 ? 1e-3 * ours.upper() : 0));
  }

  /** Rows of calibration_reference.csv: dp_accounting 0.6.0's σ, bisected to 1e-5. */
  @ParameterizedTest
  @CsvSource({
    "C01-eps8, 8, 0.064, 47, 1e-5, 0.67161",
    "C06-eps1, 1, 0.00521515041940199, 576, 1e-6, 0.94972",
    "C09-eps3, 3, 1, 100, 1e-5, 13.90594"
  })
  void noiseMultipliersAreThoseOfTheReference(
      String id, double target, double q, int steps, double delta, double reference) {
    PldAccountant pld = new PldAccountant(Neighbors.ADD_OR_REMOVE_ROW);
    double ours =
        new Calibration(pld, delta).noiseMultiplier(target, new Sampling.Poisson(q), steps);
    assertThat(ours).as(id).isCloseTo(reference, within(1e-4));
    double epsilon = pld.epsilon(PrivacyEvent.poisson(q, ours, steps), delta);
    assertThat(epsilon).as(id).isBetween(target - 1e-3, target);
  }

  /** ε cannot fall with T; the figures are the closed form of one step (remove direction). */
  @ParameterizedTest
  @CsvSource({
    "2.1328857860266640e-05, 0.067477679310990980, 46823, 2.64056e-09, 152.474",
    "0.00077777416301223060, 0.082721791956405030, 641, 5.53782e-11, 128.692",
    "8.6354686195104530e-06, 0.084161646189087640, 12105, 5.67434e-11, 109.857"
  })
  void manyRareLargeLossesAreNotBelowOneStep(
      double q, double sigma, int steps, double delta, double oneStep) {
    EpsilonBracket ours =
        new PldAccountant(Neighbors.ADD_OR_REMOVE_ROW)
            .bracket(PrivacyEvent.poisson(q, sigma, steps), delta);
    assertThat(ours.upper()).isFinite().isGreaterThan(oneStep);
  }

  @Test
  void lowerBoundIsZeroWhereTheTotalVariationIsBelowDelta() {
    // q·(2Φ(1/2σ) − 1) = 3.4e-4 is the δ of one step at ε = 0.
    EpsilonBracket ours =
        new PldAccountant(Neighbors.ADD_OR_REMOVE_ROW)
            .bracket(
                PrivacyEvent.poisson(0.0022526524321914570, 2.6549985544252480, 1), 4.56754e-4);
    assertThat(ours.lower()).isZero();
  }

  private static EpsilonBracket of(Map<String, String> row, Adjacency adjacency) {
    PrivacyEvent event =
        PrivacyEvent.poisson(
            Double.parseDouble(row.get("q")),
            Double.parseDouble(row.get("sigma")),
            Integer.parseInt(row.get("steps")));
    return new PldAccountant(Neighbors.of(adjacency))
        .bracket(event, Double.parseDouble(row.get("delta")));
  }
}
