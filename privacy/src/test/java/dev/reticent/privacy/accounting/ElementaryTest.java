package dev.reticent.privacy.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Held against fdlibm's functions, whose error is below one unit in the last place. */
class ElementaryTest {
  private static final double UNITS = 4 * 0x1p-53;

  /** From the least normal number to 700, of both signs, as many of each size. */
  private static double[] arguments(double least) {
    SplittableRandom random = new SplittableRandom(3);
    return random
        .doubles(200_000, Math.log(Double.MIN_NORMAL), Math.log(700))
        .map(log -> random.nextBoolean() ? Math.exp(log) : Math.max(least, -Math.exp(log)))
        .toArray();
  }

  private static void agree(DoubleUnaryOperator ours, DoubleUnaryOperator fdlibm, double[] at) {
    for (double x : at) {
      double expected = fdlibm.applyAsDouble(x);
      if (!(Math.abs(ours.applyAsDouble(x) - expected) <= UNITS * Math.abs(expected))) {
        assertThat(ours.applyAsDouble(x)).as("at %s", x).isEqualTo(expected);
      }
    }
  }

  @Test
  void exponentialsKeepTheirDigitsNearZeroAndFarFromIt() {
    agree(Elementary::expm1, StrictMath::expm1, arguments(-700));
  }

  @Test
  void logarithmsKeepTheirDigitsNearOneAndFarFromIt() {
    agree(Elementary::log1p, StrictMath::log1p, arguments(Math.nextUp(-1.0)));
  }

  @Test
  void endsAreThoseOfTheFunctions() {
    assertThat(Elementary.expm1(710)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(Elementary.expm1(Double.NEGATIVE_INFINITY)).isEqualTo(-1);
    assertThat(Elementary.expm1(-0.0)).isEqualTo(-0.0);
    assertThat(Elementary.log1p(-1)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(Elementary.log1p(Double.POSITIVE_INFINITY)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(Elementary.log1p(-2)).isNaN();
    assertThat(Elementary.expm1(Double.NaN)).isNaN();
  }
}
