package dev.reticent.privacy.accounting;

import static dev.reticent.privacy.accounting.References.event;
import static dev.reticent.privacy.accounting.References.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Against the closed form of a Gaussian, and dp_accounting 0.6.0's loss distributions. */
class TradeOffTest {
  private static final PldAccountant PLD = new PldAccountant(Neighbors.ADD_OR_REMOVE_ROW);

  /**
   * Between two Gaussians at distance μ the best test is right in Φ(μ/2) of all cases and has Φ(μ +
   * Φ⁻¹(α)) true positives; the last two columns are SciPy 1.17's norm.cdf(mu + norm.ppf(alpha)).
   */
  @ParameterizedTest
  @CsvSource({
    "0.1, 0.01299544, 0.001393827",
    "1, 0.09236225, 0.01829847",
    "2, 0.37208059, 0.13780541",
    "5, 0.99624849, 0.97191843"
  })
  void aGaussianHasItsClosedForm(double mu, double at1Percent, double at1Permille) {
    TradeOff ours = PLD.tradeOff(PrivacyEvent.poisson(1, 1 / mu, 1));
    assertThat(ours.accuracy())
        .isBetween(1 - Gaussian.tail(mu / 2), 1 - Gaussian.tail(mu / 2) + 1e-9);
    assertThat(ours.truePositives(0.01)).isCloseTo(at1Percent, within(2e-6));
    assertThat(ours.truePositives(0.001)).isCloseTo(at1Permille, within(2e-6));
  }

  static List<Map<String, String>> rows() throws IOException {
    return References.rows("trade_off_reference.csv");
  }

  /** Both bound from above; so the figures are close, and neither need be the larger. */
  @ParameterizedTest
  @MethodSource("rows")
  void figuresAreThoseOfTheReference(Map<String, String> row) {
    TradeOff ours = PLD.tradeOff(event(row));
    assertThat(ours.accuracy()).isCloseTo(number(row, "accuracy"), within(2e-6));
    assertThat(ours.truePositives(0.01))
        .isCloseTo(number(row, "true_positives_at_0_01"), within(5e-6));
    assertThat(ours.truePositives(0.001))
        .isCloseTo(number(row, "true_positives_at_0_001"), within(5e-6));
  }

  /** One step is a mixture of two Gaussians: its total variation is q·(2Φ(1/2σ) − 1). */
  @Test
  void oneSampledStepIsNotBelowItsTotalVariation() {
    double exact = 0.1 * (1 - 2 * Gaussian.tail(1 / 1.6));
    assertThat(PLD.tradeOff(PrivacyEvent.poisson(0.1, 0.8, 1)).accuracy())
        .isBetween((1 + exact) / 2, (1 + exact) / 2 + 1e-6);
  }

  @Test
  void whatIsPromisedAtDeltaHoldsForEveryTestToo() throws IOException {
    Map<String, String> row = References.accounting().get(6);
    TradeOff ours = PLD.tradeOff(event(row));
    double factor = Math.exp(number(row, "eps_pld_upper"));
    double before = 0;
    for (double alpha = 0; alpha <= 1; alpha += 1.0 / 64) {
      double power = ours.truePositives(alpha);
      assertThat(power).isBetween(Math.max(alpha, before), factor * alpha + 1e-5 + 1e-6);
      before = power;
    }
  }

  @Test
  void nothingReleasedIsGuessingAndHardlyAnyNoiseIsKnowing() {
    TradeOff nothing = PLD.tradeOff(PrivacyEvent.poisson(0.1, 1, 0));
    assertThat(nothing.accuracy()).isEqualTo(0.5);
    assertThat(nothing.truePositives(0.01)).isEqualTo(0.01);
    TradeOff everything = PLD.tradeOff(PrivacyEvent.poisson(0.5, 1e-4, 1000));
    assertThat(everything.accuracy()).isBetween(0.999, 1.0);
    assertThat(everything.truePositives(0)).isBetween(0.999, 1.0);
    assertThatThrownBy(() -> nothing.truePositives(1.5)).hasMessageContaining("found 1.5");
  }
}
