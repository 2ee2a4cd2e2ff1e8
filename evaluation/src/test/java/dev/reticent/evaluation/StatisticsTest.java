package dev.reticent.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StatisticsTest {

  static Stream<JsonNode> samples() throws IOException {
    return Oracle.list("samples");
  }

  static Stream<JsonNode> kappas() throws IOException {
    return Oracle.list("kappas");
  }

  /** Two bootstraps differ by their draws: here by at most 3 % of the interval's width. */
  @ParameterizedTest
  @MethodSource("samples")
  void intervalsAreThoseOfScipysBootstrap(JsonNode sample) {
    MeanEstimate estimate = MeanEstimate.of(Oracle.doubles(sample.get("values")), 1);
    double low = sample.get("low").doubleValue();
    double high = sample.get("high").doubleValue();
    assertThat(estimate.mean()).isCloseTo(sample.get("mean").doubleValue(), within(1e-9));
    assertThat(estimate.low()).isCloseTo(low, within(0.03 * (high - low)));
    assertThat(estimate.high()).isCloseTo(high, within(0.03 * (high - low)));
    assertThat(estimate.count()).isEqualTo(sample.get("values").size());
  }

  @Test
  void aSeedRepeatsAnInterval() {
    double[] values = {1, 5, 3, 4, 4, 2, 5};
    assertThat(MeanEstimate.of(values, 9)).isEqualTo(MeanEstimate.of(values, 9));
    assertThat(MeanEstimate.of(new double[] {3, 3, 3}, 9)).isEqualTo(new MeanEstimate(3, 3, 3, 3));
  }

  @Test
  void rowsWithoutAGradeAreRefused() {
    assertThatThrownBy(() -> MeanEstimate.of(new double[] {1, Double.NaN}, 0))
        .hasMessageContaining("Value 1 is NaN");
    assertThatThrownBy(() -> MeanEstimate.of(new double[0], 0)).hasMessageContaining("no rows");
  }

  @Test
  void pairsAreComparedRowByRow() {
    PairedDifference compared =
        PairedDifference.of(new double[] {5, 4, 3, 2, 5}, new double[] {4, 4, 5, 1, 3}, 3);
    assertThat(compared.wins()).isEqualTo(3);
    assertThat(compared.ties()).isEqualTo(1);
    assertThat(compared.losses()).isEqualTo(1);
    assertThat(compared.difference().mean()).isCloseTo(0.4, within(1e-12));
    assertThat(compared.difference().low()).isLessThan(0.4);
  }

  @ParameterizedTest
  @MethodSource("kappas")
  void kappaIsThatOfScikitLearn(JsonNode row) {
    for (CohenKappa.Weights weights : CohenKappa.Weights.values()) {
      assertThat(
              CohenKappa.of(Oracle.ints(row.get("first")), Oracle.ints(row.get("second")), weights)
                  .orElseThrow())
          .isCloseTo(row.get(weights.name()).doubleValue(), within(1e-12));
    }
  }

  @Test
  void kappaOfOneGradeHasNoMeaning() {
    int[] same = {4, 4, 4};
    assertThat(CohenKappa.of(same, same, CohenKappa.Weights.NONE)).isEmpty();
  }

  @Test
  void gradesAreCountedOnTheirScale() {
    GradeHistogram histogram = GradeHistogram.of(new int[] {5, 1, 5, 3}, 1, 5);
    assertThat(histogram.counts()).isEqualTo(List.of(1, 0, 1, 0, 2));
    assertThat(histogram.bestShare()).isEqualTo(0.5);
    assertThat(GradeHistogram.of(new int[0], 1, 5).bestShare()).isZero();
    assertThatThrownBy(() -> GradeHistogram.of(new int[] {2, 6}, 1, 5))
        .hasMessageContaining("Grade 1 is 6: the scale runs from 1 to 5");
  }
}
