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
import org.junit.jupiter.params.provider.MethodSource;

/** Against dp_accounting and Opacus, whose figures the CSV files beside this test hold. */
class RdpAccountantTest {
  private static final RdpAccountant RDP = new RdpAccountant(Neighbors.ADD_OR_REMOVE_ROW);

  static List<Map<String, String>> accounting() throws IOException {
    return References.accounting();
  }

  @ParameterizedTest
  @MethodSource("accounting")
  void epsilonIsAtMostTheBestPeerAndNeverBelowTheTightBound(Map<String, String> row) {
    double ours = RDP.epsilon(References.event(row), number(row, "delta"));
    double peers = Math.min(number(row, "eps_rdp_dp_accounting"), number(row, "eps_rdp_opacus"));
    assertThat(ours).as(row.toString()).isLessThanOrEqualTo(peers + 1e-6);
    double tight = number(row, "eps_pld_lower");
    if (Double.isFinite(tight)) {
      assertThat(ours).as(row.toString()).isGreaterThanOrEqualTo(tight);
    }
  }

  @Test
  void integerOrdersEqualTheBinomialSum() {
    for (double q : new double[] {1e-4, 0.01, 0.2276, 0.9}) {
      for (double sigma : new double[] {0.5, 1, 4}) {
        for (int alpha : new int[] {2, 3, 8, 32}) {
          double sum = 0;
          double binomial = 1;
          for (int k = 0; k <= alpha; k++) {
            sum +=
                binomial
                    * Math.pow(1 - q, alpha - k)
                    * Math.pow(q, k)
                    * Math.exp(k * (k - 1.0) / (2 * sigma * sigma));
            binomial = binomial * (alpha - k) / (k + 1);
          }
          if (Double.isFinite(sum)) {
            double expected = Math.log(sum);
            assertThat(RDP.divergence(PrivacyEvent.poisson(q, sigma, 1), alpha) * (alpha - 1))
                .as("q=%s σ=%s α=%d", q, sigma, alpha)
                .isCloseTo(expected, within(1e-9 * Math.max(1e-3, expected)));
          }
        }
      }
    }
  }

  @Test
  void fractionalOrderOfTheDroppingCaseIsKept() {
    // mpmath at 30 digits: log(quad(normal density · mixture ** 1.5)) / 0.5 over 60 pieces.
    assertThat(RDP.divergence(PrivacyEvent.poisson(0.2276, 0.5, 1), 1.5))
        .isCloseTo(0.5284226026243803, within(5e-10));
  }

  @Test
  void dividingByTheOrderWouldNotBeAnUpperBound() {
    assertThat(RDP.epsilon(PrivacyEvent.poisson(1, 1, 1), 1e-5)).isGreaterThan(4.3771780957);
  }

  @ParameterizedTest
  @MethodSource("calibration")
  void calibratedNoiseIsThatOfTheReference(Map<String, String> row) {
    double q = number(row, "q");
    int steps = (int) number(row, "steps");
    double target = number(row, "target_epsilon");
    double sigma =
        new Calibration(RDP, number(row, "delta"))
            .noiseMultiplier(target, new Subsampling.Poisson(q), steps);
    // Opacus's grid of orders is coarser than ours, so its noise is never smaller.
    double opacus = number(row, "sigma_rdp_opacus_orders");
    assertThat(sigma).isBetween(opacus * (1 - 5e-3), opacus + 2e-5);
    assertThat(RDP.epsilon(PrivacyEvent.poisson(q, sigma, steps), number(row, "delta")))
        .isLessThanOrEqualTo(target);
  }

  static List<Map<String, String>> calibration() throws IOException {
    return References.calibration();
  }

  static List<Map<String, String>> moments() throws IOException {
    return References.rows("rdp_reference.csv");
  }

  @ParameterizedTest
  @MethodSource("moments")
  void everyOrderIsThatOfSixtyDigits(Map<String, String> row) {
    double order = number(row, "order");
    double ours =
        RDP.divergence(PrivacyEvent.poisson(number(row, "q"), number(row, "sigma"), 1), order);
    double expected = number(row, "log_moment") / (order - 1);
    assertThat(ours).as(row.toString()).isCloseTo(expected, within(1e-9 * expected));
  }

  @Test
  void stepsAndDeltaOutOfRangeAreRefused() {
    PrivacyEvent event = PrivacyEvent.poisson(0.1, 1, 1);
    assertThatThrownBy(() -> event.withSteps(-1)).hasMessageContaining("got steps -1");
    for (double delta : new double[] {0, 1, -1, Double.NaN}) {
      assertThatThrownBy(() -> RDP.epsilon(event, delta)).hasMessageContaining("delta " + delta);
    }
  }
}
