package dev.reticent.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ConformanceTest {

  @TestFactory
  Stream<DynamicTest> realCodeKeepsItsPromises() {
    assertThat(Conformance.checks()).hasSizeGreaterThan(20);
    return Conformance.checks().stream()
        .map(check -> DynamicTest.dynamicTest(check.getName(), () -> check.invoke(null)));
  }

  /** Kolmogorov and Smirnov at p > 0.01, and the deviation within 0.5 %, over 10 million draws. */
  @Test
  void tenMillionDrawsAreStandardNormal() {
    double[] draws = ConformanceFixtures.draws(RunKey.insecureForTests(2026), 611);
    double squares = 0;
    for (double draw : draws) {
      squares += draw * draw;
    }
    assertThat(draws.length).isGreaterThan(10_000_000);
    assertThat(Math.sqrt(squares / draws.length)).isCloseTo(1, within(0.001));
    Arrays.parallelSort(draws);
    double distance = 0;
    for (int i = 0; i < draws.length; i++) {
      if (i % 8 == 0) {
        double cdf = Normal.cdf(draws[i]);
        double below = (double) i / draws.length;
        distance = Math.max(distance, Math.max(cdf - below, below - cdf) + 8.0 / draws.length);
      }
    }
    assertThat(distance * Math.sqrt(draws.length)).as("scaled KS distance").isLessThan(1.628);
  }
}
