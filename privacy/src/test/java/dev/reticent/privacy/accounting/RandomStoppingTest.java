package dev.reticent.privacy.accounting;

import static dev.reticent.privacy.accounting.References.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reticent.privacy.accounting.RandomStopping.Rule;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Against dp_accounting 0.6.0's RepeatAndSelectDpEvent, and against the theorems by hand. */
class RandomStoppingTest {

  static List<Map<String, String>> rows() throws IOException {
    return References.rows("random_stopping_reference.csv");
  }

  private static double epsilon(PrivacyEvent run, double delta, Rule rule, double mean) {
    return new BestOfRunsAccountant(Neighbors.ADD_OR_REMOVE_ROW, new RandomStopping(rule, mean))
        .epsilon(run, delta);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void epsilonIsThatOfTheReference(Map<String, String> row) {
    PrivacyEvent run = References.event(row);
    double delta = number(row, "delta");
    double mean = number(row, "mean");
    double one = new RdpAccountant(Neighbors.ADD_OR_REMOVE_ROW).epsilon(run, delta);
    assertThat(one).isCloseTo(number(row, "one"), within(0.02));
    assertThat(epsilon(run, delta, Rule.POISSON, mean))
        .isCloseTo(number(row, "poisson"), within(1e-4))
        .isGreaterThanOrEqualTo(one);
    assertThat(epsilon(run, delta, Rule.GEOMETRIC, mean))
        .isCloseTo(number(row, "geometric"), within(1e-4));
  }

  /**
   * A Gaussian of σ = 10 has the divergence λ/200. At λ = 21, with 5 runs on average: theorem 6
   * with e^ε̂ = 1 + 1/20 and its δ̂ in closed form, and theorem 2 with λ̂ = √(200·log 5), where (1
   * − 1/λ̂)·λ̂/200 + log(5)/λ̂ is least.
   */
  @Test
  void divergencesAreThoseOfTheTheoremsByHand() {
    RenyiCurve run =
        RenyiCurve.of(
            PrivacyEvent.poisson(1, 10, 1), new RdpAccountant(Neighbors.ADD_OR_REMOVE_ROW));
    RenyiCurve at21 = new RenyiCurve(new double[] {21}, new double[] {21 / 200.0});
    double hat = Math.log(1 + 1 / 20.0);
    double delta = Math.exp(20 * (21 / 200.0 + Math.log(20 / 21.0) - hat)) / 21;
    assertThat(new RandomStopping(Rule.POISSON, 5).ofTheBest(at21).divergences()[0])
        .isCloseTo(21 / 200.0 + 5 * delta + Math.log(5) / 20, within(1e-12));
    double order = Math.sqrt(200 * Math.log(5));
    double least = (order - 1) / 200 + Math.log(5) / order;
    RenyiCurve best = new RandomStopping(Rule.GEOMETRIC, 5).ofTheBest(run);
    for (int i = 0; i < best.orders().length; i++) {
      double lambda = best.orders()[i];
      double expected = lambda / 200 + 2 * least + Math.log(5) / (lambda - 1);
      assertThat(best.divergences()[i]).isCloseTo(expected, within(1e-4 * expected));
    }
  }

  @ParameterizedTest
  @EnumSource(Rule.class)
  void drawsHaveTheirMeanAndVariance(Rule rule) {
    RandomStopping stopping = new RandomStopping(rule, 4);
    SplittableRandom random = new SplittableRandom(1);
    int draws = 100_000;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < draws; i++) {
      int count = stopping.draw(random);
      assertThat(count).isGreaterThanOrEqualTo(rule == Rule.POISSON ? 0 : 1);
      sum += count;
      squares += (double) count * count;
    }
    double mean = sum / draws;
    assertThat(mean).isCloseTo(4, within(0.06));
    assertThat(squares / draws - mean * mean).isCloseTo(rule == Rule.POISSON ? 4 : 12, within(0.5));
  }

  @Test
  void theBestTestOfTheBestRunIsNoBetterThanItsEpsilon() {
    BestOfRunsAccountant best =
        new BestOfRunsAccountant(Neighbors.ADD_OR_REMOVE_ROW, new RandomStopping(Rule.POISSON, 8));
    PrivacyEvent run = PrivacyEvent.poisson(0.0256, 0.9, 79);
    TradeOff tradeOff = best.tradeOff(List.of(run));
    double epsilon = best.epsilon(run, 1e-5);
    double one = new PldAccountant(Neighbors.ADD_OR_REMOVE_ROW).tradeOff(run).accuracy();
    assertThat(tradeOff.accuracy())
        .isBetween(one, (Math.exp(epsilon) + 1e-5) / (1 + Math.exp(epsilon)));
    assertThat(tradeOff.truePositives(0.01)).isLessThan(1e-5 + 0.01 * Math.exp(epsilon) + 1e-4);
  }

  @Test
  void aMeanBelowOneIsRefused() {
    assertThatThrownBy(() -> new RandomStopping(Rule.POISSON, 0.5))
        .hasMessageContaining("at least 1");
  }
}
