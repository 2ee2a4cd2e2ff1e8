package dev.reticent.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reticent.privacy.accounting.Adjacency;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Against dense matrices of numpy, jax_privacy's error of the same bands and dp_accounting's ε;
 * banded_reference.py says how each figure was made.
 */
class BandedMatrixTest {

  static List<Map<String, Double>> rows() throws IOException {
    try (var in = BandedMatrixTest.class.getResourceAsStream("banded_reference.csv")) {
      String[] lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n");
      String[] names = lines[0].split(",");
      return Arrays.stream(lines).skip(1).map(line -> row(names, line.split(","))).toList();
    }
  }

  private static Map<String, Double> row(String[] names, String[] values) {
    Map<String, Double> row = new LinkedHashMap<>();
    for (int i = 0; i < names.length; i++) {
      row.put(names[i], Double.valueOf(values[i]));
    }
    return row;
  }

  private static int whole(Map<String, Double> row, String name) {
    return row.get(name).intValue();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void matrixIsThatOfTheReference(Map<String, Double> row) {
    int bands = whole(row, "b");
    int steps = whole(row, "n");
    BandedMatrix matrix = BandedMatrix.of(bands, steps);
    double squares = 0;
    for (int i = 0; i < bands; i++) {
      squares += matrix.band(i) * matrix.band(i);
      if (i < 4) {
        assertThat(matrix.band(i)).isCloseTo(row.get("c" + i), within(1e-5));
      }
    }
    assertThat(squares).as("the longest column").isCloseTo(1, within(1e-15));
    double[] weights = matrix.weights(steps - 1);
    for (int i = 0; i < 3; i++) {
      assertThat(weights[i]).isCloseTo(row.get("w" + i), within(1e-5));
    }
    double last = weights.length == steps ? weights[steps - 1] : 0;
    assertThat(last).isCloseTo(row.get("w_last"), within(1e-8));
    assertThat(matrix.deviation(steps - 1)).isCloseTo(row.get("last_deviation"), within(1e-5));
    assertThat(matrix.prefixDeviation(steps)).isCloseTo(row.get("rmse"), within(1e-9));
    assertThat(matrix.prefixDeviation(steps)).isLessThan(1.001 * row.get("best_rmse"));
  }

  /** Two accountants on the same rounds; dp_accounting's bound is on a grid of 1e-4. */
  @ParameterizedTest
  @MethodSource("rows")
  void epsilonIsThatOfTheRounds(Map<String, Double> row) {
    SubsampledGaussian plan =
        new SubsampledGaussian(row.get("q"), row.get("sigma"), whole(row, "n"), whole(row, "b"));
    assertThat(plan.accounted().steps()).isEqualTo(whole(row, "rounds"));
    PlanAccounting accounting =
        new PlanAccounting(
            plan,
            Adjacency.ADD_OR_REMOVE_ONE,
            row.get("delta"),
            AccountantRule.PLD,
            Optional.empty());
    assertThat(accounting.planned()).isCloseTo(row.get("epsilon"), within(2e-4));
  }

  /** C·C⁻¹ is the identity, though what has faded of C⁻¹ is left out. */
  @Test
  void whatIsLeftOutIsBelowRounding() {
    BandedMatrix matrix = BandedMatrix.of(8, 1000);
    double[] weights = matrix.weights(999);
    assertThat(weights.length).isLessThan(700);
    for (int t = 0; t < 1000; t++) {
      double product = 0;
      for (int i = 0; i < Math.min(8, t + 1); i++) {
        product += t - i < weights.length ? matrix.band(i) * weights[t - i] : 0;
      }
      assertThat(product).isCloseTo(t == 0 ? 1 : 0, within(1e-15));
    }
  }

  @Test
  void oneBandIsIndependentNoise() {
    BandedMatrix matrix = BandedMatrix.of(1, 100);
    assertThat(matrix.weights(99)).containsExactly(1);
    assertThat(matrix.prefixDeviation(100)).isCloseTo(Math.sqrt(101 / 2.0), within(1e-12));
  }
}
