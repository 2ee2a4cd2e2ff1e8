package dev.reticent.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ConformanceTest {

  /** The checks: static, without arguments, visible to the package. */
  static List<Method> checks() {
    return Stream.of(Conformance.class, BandedConformance.class)
        .flatMap(checks -> Arrays.stream(checks.getDeclaredMethods()))
        .filter(m -> m.getParameterCount() == 0 && m.getReturnType() == void.class)
        .filter(m -> !m.isSynthetic())
        .toList();
  }

  @TestFactory
  Stream<DynamicTest> realCodeKeepsItsPromises() {
    assertThat(checks()).hasSizeGreaterThan(20);
    return checks().stream()
        .map(check -> DynamicTest.dynamicTest(check.getName(), () -> check.invoke(null)));
  }

  /** Kolmogorov and Smirnov at p > 0.01, and the deviation within 0.5 %, over 10 million draws. */
  @Test
  void tenMillionDrawsAreStandardNormal() {
    double[] draws = Conformance.draws(RunKey.insecureForTests(2026), 611);
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
