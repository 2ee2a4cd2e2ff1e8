package dev.reticent.privacy.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.privacy.accounting.LossPair.Direction;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The exponents that are found by halving are the best of those that may be taken. */
class TiltTest {
  private static final double DELTA = 1e-6;

  @ParameterizedTest
  @CsvSource({"0.01, 0.6, 1", "0.01, 1, 1000", "0.4, 2, 50", "1e-4, 0.8, 20000", "0.9, 30, 300"})
  void noOtherOfThemIsBetter(double rate, double sigma, int count) {
    StepLoss step =
        StepLoss.of(
            PrivacyEvent.poisson(rate, sigma, count),
            Direction.REMOVE,
            Neighbors.ADD_OR_REMOVE_ROW);
    double tail = Grid.tail(count, DELTA);
    List<LossDistribution> losses = Grid.above(List.of(step), tail, step.span(tail) / 2048);
    List<Integer> counts = List.of(count);
    Tilt tilt = Tilt.ofChernoff(losses, counts, DELTA);
    double base = Tilt.cumulant(losses, counts, tilt.theta());
    double epsilon = (base - Math.log(DELTA)) / tilt.theta();
    // The need that its low end follows from.
    double need =
        -tilt.low() * tilt.below()
            - Tilt.cumulant(losses, counts, tilt.theta() - tilt.below())
            + base;
    for (double theta = 1e-9; theta < 1e8; theta *= 1.15) {
      double bound = (Tilt.cumulant(losses, counts, theta) - Math.log(DELTA)) / theta;
      assertThat(bound).as("θ = %s", theta).isGreaterThanOrEqualTo(epsilon);
    }
    double slack = 1e-9 * tilt.width();
    for (double lambda = 1e-9; lambda < 1e8; lambda *= 1.5) {
      double end = (Tilt.cumulant(losses, counts, tilt.theta() + lambda) - base + need) / lambda;
      double start = -(Tilt.cumulant(losses, counts, tilt.theta() - lambda) - base + need) / lambda;
      assertThat(end).as("λ = %s", lambda).isGreaterThan(tilt.high() - slack);
      assertThat(start).as("λ = %s", lambda).isLessThan(tilt.low() + slack);
    }
  }
}
