package dev.reticent.privacy.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reticent.privacy.accounting.LossPair.Direction;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs at the edge of what can be followed: each has an answer, and the smallest valid one. */
class CornersTest {
  private static final PldAccountant PLD = new PldAccountant(Neighbors.ADD_OR_REMOVE_ROW);
  private static final RdpAccountant RDP = new RdpAccountant(Neighbors.ADD_OR_REMOVE_ROW);

  /** The time limit is there for a search that never ends; an answer takes some seconds. */
  @ParameterizedTest
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  @CsvSource({
    "0.01, 0.001, 1000, 1e-5",
    "0.01, 0.001, 1000000, 1e-12",
    "0.9, 0.3, 2000000000, 1e-5",
    "0.01, 1e-6, 1000, 1e-5",
    "0.3, 1e-9, 1000000, 1e-5",
    "0.01, 0.05, 1000, 1e-5"
  })
  void everyRunHasAFiniteBoundThatIsNotAboveRenyis(double q, double sigma, int t, double delta) {
    PrivacyEvent event = PrivacyEvent.poisson(q, sigma, t);
    for (Adjacency adjacency : List.of(Adjacency.ADD_OR_REMOVE_ONE, Adjacency.REPLACE_ONE)) {
      Neighbors neighbors = Neighbors.of(adjacency);
      double rdp = new RdpAccountant(neighbors).epsilon(event, delta);
      EpsilonBracket ours = new PldAccountant(neighbors).bracket(event, delta);
      assertThat(rdp).isFinite().isPositive();
      assertThat(ours.upper()).isLessThanOrEqualTo(rdp);
      assertThat(ours.lower()).isNotNegative();
    }
  }

  /** About ten of a thousand steps draw the row, and each then moves it by 100 σ. */
  @Test
  void tinyNoiseIsFollowedWhereItCanBe() {
    EpsilonBracket ours = PLD.bracket(PrivacyEvent.poisson(0.01, 0.01, 1000), 1e-5);
    assertThat(ours.width()).isLessThan(1e-3 * ours.upper());
    assertThat(ours.upper()).isBetween(129_900.0, 130_000.0);
  }

  /**
   * The reference is dp_accounting 0.6.0's connect-the-dots bound with a grid of 1e-5 (0.0874752);
   * rounding in doubles left a bracket of [0.078, 0.093].
   */
  @Test
  void theRoundingOfDoublesDoesNotWidenABracket() {
    EpsilonBracket ours = PLD.bracket(PrivacyEvent.poisson(1.4e-6, 0.449, 3723), 1e-7);
    assertThat(ours.lower()).isLessThan(0.0874753);
    assertThat(ours.upper()).isGreaterThan(0.0874751);
    assertThat(ours.width()).isLessThan(1e-3 * ours.upper());
  }

  static IntStream sets() {
    return IntStream.range(0, Integer.getInteger("reticent.sweep", 8));
  }

  @ParameterizedTest
  @MethodSource("sets")
  void bracketsAreAThousandthWide(int set) {
    Random random = new Random(20261128L);
    for (int drawn = 0; drawn < 4 * set; drawn++) {
      random.nextDouble();
    }
    double q = Math.pow(10, -6 * random.nextDouble());
    double sigma = 0.3 * Math.pow(20 / 0.3, random.nextDouble());
    int steps = (int) Math.round(Math.pow(10, 6 * random.nextDouble()));
    double delta = Math.pow(10, -12 + 9 * random.nextDouble());
    PrivacyEvent event = PrivacyEvent.poisson(q, sigma, steps);
    EpsilonBracket ours = PLD.bracket(event, delta);
    assertThat(ours.width())
        .as("set %s: %s, δ = %s: %s", set, event, delta, ours)
        .isLessThanOrEqualTo(1e-3 * ours.upper());
  }

  /** At σ = 0.05 quadrature still works, and is independent of the closed form. */
  @ParameterizedTest
  @CsvSource({"0.01", "0.3", "0.9", "1e-6"})
  void theBoundForTinyNoiseMeetsQuadrature(double q) {
    for (Direction direction : List.of(Direction.REMOVE, Direction.ADD, Direction.REPLACE)) {
      LossPair pair = new LossPair(direction, q, TinyNoise.LARGEST, 1);
      TinyNoise bound = pair.tinyNoise();
      for (double order : new double[] {1 + 1e-6, 1.001, 1.01, 1.2, 2, 3.5, 32}) {
        double exact = new Moments.OfPair(pair).logExcess(order);
        assertThat(bound.logExcess(order)).isGreaterThanOrEqualTo(exact - 1e-9 * Math.abs(exact));
        if (direction == Direction.REMOVE) {
          assertThat(bound.logExcess(order))
              .as("q %s, order %s", q, order)
              .isCloseTo(exact, within(1e-6 * Math.max(1, Math.abs(exact))));
        }
      }
    }
  }

  @Test
  void aUnitOfSeveralRowsCostsAtLeastWhatOneRowDoes() {
    PrivacyEvent event = PrivacyEvent.poisson(0.01, 0.001, 1000);
    double one = RDP.epsilon(event, 1e-5);
    double three =
        new RdpAccountant(new Neighbors(Adjacency.ADD_OR_REMOVE_ONE, 3)).epsilon(event, 1e-5);
    assertThat(three).isBetween(one, 3 * 9 * one);
  }

  /** A release at distance μ has a total variation of 2Φ(μ/2) − 1, some μ/√(2π). */
  @Test
  void whatHardlyMovesTheOutputIsFree() {
    PrivacyEvent event = new PrivacyEvent(new Subsampling.OncePerPass(), 1e6, 1);
    assertThat(RDP.epsilon(event, 1e-6)).isZero();
    assertThat(RDP.epsilon(event, 3e-7)).isPositive();
    assertThat(PLD.bracket(event, 1e-6)).isEqualTo(new EpsilonBracket(0, 0));
    assertThat(RDP.epsilon(PrivacyEvent.poisson(1e-9, 1, 10), 1e-5)).isZero();
  }

  @Test
  void moreStepsThanAnIntHoldsAreBoundedByRenyi() {
    PrivacyEvent event = PrivacyEvent.poisson(0.01, 5, Integer.MAX_VALUE);
    EpsilonBracket ours = PLD.bracket(List.of(event, event), 1e-5);
    assertThat(ours.upper()).isFinite().isEqualTo(RDP.epsilon(List.of(event, event), 1e-5));
  }
}
