package dev.reticent.privacy.accounting;

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

/** Against dp_accounting 0.6.0's σ, bisected to 1e-5 (calibration_reference.csv). */
class CalibrationTest {
  private static final PldAccountant PLD = new PldAccountant(Neighbors.ADD_OR_REMOVE_ROW);
  private static final RdpAccountant RDP = new RdpAccountant(Neighbors.ADD_OR_REMOVE_ROW);

  static List<Map<String, String>> rows() throws IOException {
    return References.calibration();
  }

  /** ε falls with σ, so this says that our σ is within 1e-4 of the reference, without a search. */
  @ParameterizedTest
  @MethodSource("rows")
  void theBudgetIsMetWithinOneTenThousandthOfTheReferencesNoise(Map<String, String> row) {
    double q = number(row, "q");
    int steps = (int) number(row, "steps");
    double target = number(row, "target_epsilon");
    double delta = number(row, "delta");
    double sigma = number(row, "sigma_pld");
    assertThat(PLD.epsilon(PrivacyEvent.poisson(q, sigma + 1e-4, steps), delta))
        .isLessThanOrEqualTo(target);
    assertThat(PLD.bracket(PrivacyEvent.poisson(q, sigma - 1e-4, steps), delta).lower())
        .isGreaterThan(target);
  }

  @ParameterizedTest
  @CsvSource({
    "C01-eps8, 8, 0.064, 47, 1e-5, 0.67161",
    "C06-eps1, 1, 0.00521515041940199, 576, 1e-6, 0.94972",
    "C09-eps3, 3, 1, 100, 1e-5, 13.90594"
  })
  void noiseMultipliersAreThoseOfTheReference(
      String id, double target, double q, int steps, double delta, double reference) {
    double ours =
        new Calibration(PLD, delta).noiseMultiplier(target, new Subsampling.Poisson(q), steps);
    assertThat(ours).as(id).isCloseTo(reference, within(1e-4));
    assertThat(PLD.epsilon(PrivacyEvent.poisson(q, ours, steps), delta))
        .as(id)
        .isBetween(target - 1e-3, target);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void lessNoiseThanByRdp(Map<String, String> row) {
    double q = number(row, "q");
    int steps = (int) number(row, "steps");
    double target = number(row, "target_epsilon");
    double delta = number(row, "delta");
    double sigma =
        new Calibration(RDP, delta).noiseMultiplier(target, new Subsampling.Poisson(q), steps);
    // Opacus's grid of orders is coarser than ours, so its noise is never smaller.
    double opacus = number(row, "sigma_rdp_opacus_orders");
    assertThat(sigma).isBetween(opacus * (1 - 5e-3), opacus + 2e-5);
    assertThat(RDP.epsilon(PrivacyEvent.poisson(q, sigma, steps), delta))
        .isLessThanOrEqualTo(target);
    assertThat(number(row, "sigma_pld") + 1e-4).isLessThan(0.963 * opacus);
  }

  @Test
  void theMostStepsKeepTheBudgetAndOneMoreDoesNot() {
    Calibration calibration = new Calibration(PLD, 1e-5);
    Subsampling sampling = new Subsampling.Poisson(0.05);
    int steps = calibration.steps(3, sampling, 0.8);
    PrivacyEvent event = new PrivacyEvent(sampling, 0.8, steps);
    assertThat(PLD.epsilon(event, 1e-5)).isLessThanOrEqualTo(3);
    assertThat(PLD.epsilon(event.withSteps(steps + 1), 1e-5)).isGreaterThan(3);
    assertThat(calibration.steps(0.1, sampling, 0.8)).isZero();
  }

  @Test
  void theLargestRateKeepsTheBudgetAndALittleMoreDoesNot() {
    Calibration calibration = new Calibration(PLD, 1e-5);
    double q = calibration.samplingRate(3, 0.9, 100);
    assertThat(PLD.epsilon(PrivacyEvent.poisson(q, 0.9, 100), 1e-5)).isLessThanOrEqualTo(3);
    assertThat(PLD.epsilon(PrivacyEvent.poisson(q * (1 + 1e-4), 0.9, 100), 1e-5)).isGreaterThan(3);
    assertThat(calibration.samplingRate(50, 10, 1)).isOne();
  }

  @Test
  void aBudgetThatIsNoneIsRefused() {
    Calibration calibration = new Calibration(RDP, 1e-5);
    for (double epsilon : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(
              () -> calibration.noiseMultiplier(epsilon, new Subsampling.Poisson(0.1), 1))
          .hasMessageContaining("positive and finite, got " + epsilon);
    }
    assertThatThrownBy(
            () -> calibration.noiseMultiplier(1e-9, new Subsampling.Poisson(1), 1_000_000))
        .hasMessageContaining("allow a larger ε");
  }
}
