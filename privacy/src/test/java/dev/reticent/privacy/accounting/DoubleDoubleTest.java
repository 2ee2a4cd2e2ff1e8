package dev.reticent.privacy.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reticent.privacy.accounting.PreciseFft.Complex;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against exact decimal arithmetic. */
class DoubleDoubleTest {
  private static final MathContext DIGITS = new MathContext(60);
  private final Random random = new Random(20261127L);

  private static BigDecimal exact(DoubleDouble x) {
    return new BigDecimal(x.hi()).add(new BigDecimal(x.lo()));
  }

  private DoubleDouble number() {
    double hi = (random.nextDouble() - 0.5) * Math.pow(2, random.nextInt(40) - 20);
    return new DoubleDouble(hi, (random.nextDouble() - 0.5) * Math.ulp(hi));
  }

  private static void near(DoubleDouble ours, BigDecimal expected) {
    BigDecimal error = exact(ours).subtract(expected).abs();
    BigDecimal bound =
        expected.abs().multiply(BigDecimal.ONE.divide(BigDecimal.valueOf(2).pow(102)));
    assertThat(error).isLessThanOrEqualTo(bound);
  }

  @Test
  void sumsProductsAndQuotientsHaveThirtyDigits() {
    for (int i = 0; i < 10_000; i++) {
      DoubleDouble a = number();
      DoubleDouble b = number();
      near(a.plus(b), exact(a).add(exact(b)));
      near(a.minus(b), exact(a).subtract(exact(b)));
      near(a.times(b), exact(a).multiply(exact(b)));
      near(a.over(7), exact(a).divide(new BigDecimal(7), DIGITS));
    }
  }

  /** A unit impulse at place j has the coefficients w^(jk), of modulus 1 to all digits. */
  @Test
  void rootsOfUnityAreOnTheCircleAndBackIsTheImpulse() {
    int n = 64;
    for (int j = 0; j < n; j++) {
      double[] impulse = new double[n];
      impulse[j] = 1;
      PreciseFft fft = new PreciseFft(n);
      Complex[] coefficients = fft.forward(impulse);
      for (int k = 0; k <= n / 2; k++) {
        Complex c = coefficients[k];
        double turn = -2 * Math.PI * j * k / n;
        assertThat(c.re().hi()).isCloseTo(Math.cos(turn), within(1e-13));
        assertThat(c.im().hi()).isCloseTo(Math.sin(turn), within(1e-13));
        near(c.re().times(c.re()).plus(c.im().times(c.im())), BigDecimal.ONE);
      }
      assertThat(fft.inverse(coefficients)).containsExactly(impulse, within(1e-28));
    }
  }

  /** A step that loses something once in 2⁶⁰ times: doubles would see nothing of it. */
  @Test
  void massesThatDoublesLoseAreKeptInASum() {
    double rare = 0x1p-60;
    Spectrum.Term term = new Spectrum.Term(new double[] {1, 0, 0, rare}, 0, 1000);
    Spectrum.Sum sum = PreciseSpectrum.of(List.of(term), 4096);
    assertThat(sum.masses()[3]).isCloseTo(1000 * rare, within(1e-12 * 1000 * rare));
    assertThat(sum.masses()[6]).isCloseTo(499_500 * rare * rare, within(1e-9 * rare));
    assertThat(sum.error()).isLessThan(1e-22);
    assertThat(Spectrum.of(List.of(term), 4096).error()).isGreaterThan(1000 * rare);
    assertThat(Arrays.stream(sum.masses()).sum()).isCloseTo(1, within(1e-12));
  }
}
