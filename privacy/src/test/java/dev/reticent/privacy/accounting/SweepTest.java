package dev.reticent.privacy.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Seeded runs from everywhere in q in [1e-6, 1], σ in [0.05, 100], δ in [1e-15, 1e-2], T in [1,
 * 1e5]; {@code -Dreticent.sweep=1000} takes more of them.
 */
class SweepTest {
  private static final List<Adjacency> ADJACENCIES =
      List.of(Adjacency.ADD_OR_REMOVE_ONE, Adjacency.REPLACE_ONE, Adjacency.ZERO_OUT);

  static IntStream seeds() {
    return IntStream.range(0, Integer.getInteger("reticent.sweep", 24));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void noBoundIsNaNNegativeOrInfinite(int seed) {
    Random random = new Random(20261124L + seed);
    double q = Math.pow(10, -6 * random.nextDouble());
    double sigma = 0.05 * Math.pow(2000, random.nextDouble());
    double delta = Math.pow(10, -15 + 13 * random.nextDouble());
    int steps = (int) Math.round(Math.pow(10, 5 * random.nextDouble()));
    Adjacency adjacency = ADJACENCIES.get(random.nextInt(3));
    int rows = adjacency == Adjacency.REPLACE_ONE || seed % 5 > 0 ? 1 : 2 + random.nextInt(4);
    Neighbors neighbors = new Neighbors(adjacency, rows);
    PrivacyEvent event = PrivacyEvent.poisson(q, sigma, steps);
    String of = "seed %s: %s, %s, δ = %s".formatted(seed, event, neighbors, delta);
    EpsilonBracket bracket = new PldAccountant(neighbors).bracket(event, delta);
    double rdp = new RdpAccountant(neighbors).epsilon(event, delta);
    assertThat(bracket.upper()).as(of).isFinite().isLessThanOrEqualTo(rdp * (1 + 1e-9));
    assertThat(rdp).as(of).isFinite().isNotNegative();
    assertThat(bracket.lower()).as(of).isNotNegative();
    double one = new PldAccountant(neighbors).bracket(event.withSteps(1), delta).lower();
    assertThat(bracket.upper()).as(of).isGreaterThanOrEqualTo(one);
  }
}
