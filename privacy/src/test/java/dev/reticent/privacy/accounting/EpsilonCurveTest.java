package dev.reticent.privacy.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EpsilonCurveTest {
  @ParameterizedTest
  @CsvSource({
    "0.0243456, 0.9, 411, 1e-5, ADD_OR_REMOVE_ONE, 1",
    "0.5, 10, 200, 1e-5, ADD_OR_REMOVE_ONE, 1",
    "0.01, 1, 1000, 1e-5, REPLACE_ONE, 1",
    "0.01, 1, 50, 1e-5, ADD_OR_REMOVE_ONE, 3",
    "1, 20, 30, 1e-6, ADD_OR_REMOVE_ONE, 1",
    "0.1, 0.8, 1, 1e-5, ADD_OR_REMOVE_ONE, 1"
  })
  void boundsEveryStepRisesAndEndsWhereTheAccountantDoes(
      double q, double sigma, int steps, double delta, Adjacency adjacency, int rows) {
    PrivacyEvent run = PrivacyEvent.poisson(q, sigma, steps);
    Neighbors neighbors = new Neighbors(adjacency, rows);
    PldAccountant accountant = new PldAccountant(neighbors);
    EpsilonCurve curve = new EpsilonCurve(run, neighbors, delta);
    assertThat(curve.epsilon(0)).isZero();
    assertThat(curve.epsilon(steps)).isEqualTo(accountant.epsilon(run, delta));
    double before = 0;
    for (int count = 1; count <= steps; count++) {
      assertThat(curve.epsilon(count)).as("after %s", count).isGreaterThanOrEqualTo(before);
      before = curve.epsilon(count);
    }
    for (int count = 1; count < steps; count = 1 + 3 * count) {
      EpsilonBracket exact = accountant.bracket(run.withSteps(count), delta);
      int later = Math.min(steps, count + 1 + count / 15);
      double next = accountant.epsilon(run.withSteps(later), delta);
      assertThat(curve.epsilon(count))
          .as("after %s", count)
          .isBetween(exact.lower(), Math.max(next, exact.upper()) + 2e-3);
    }
  }

  @Test
  void stepsBeyondThePlanAreRefused() {
    EpsilonCurve curve =
        new EpsilonCurve(PrivacyEvent.poisson(0.1, 1, 3), Neighbors.ADD_OR_REMOVE_ROW, 1e-5);
    assertThatThrownBy(() -> curve.epsilon(4)).hasMessageContaining("0 to the 3 planned");
    assertThatThrownBy(() -> curve.epsilon(-1)).hasMessageContaining("found -1");
  }
}
