package dev.reticent.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The series of the noise against StrictMath, which is within one unit in the last place. */
class GaussianNoiseTest {

  private static final double ERROR = 8 * 0x1p-53;

  @Test
  void radiiAreThoseOfTheExactLogarithm() {
    SplittableRandom random = new SplittableRandom(1);
    double[] k = new double[100_000];
    double[] m = new double[k.length];
    double[] expected = new double[k.length];
    for (int i = 0; i < k.length; i++) {
      k[i] = -random.nextInt(64);
      double largest = k[i] == 0 ? 1 : Math.sqrt(2);
      m[i] = i < 50 ? largest - i * 0x1p-52 : random.nextDouble(Math.sqrt(0.5), largest);
      expected[i] = Math.sqrt(-2 * StrictMath.log(Math.scalb(m[i], (int) k[i])));
    }
    GaussianNoise.radii(k, m);
    for (int i = 0; i < m.length; i++) {
      assertThat(Math.abs(m[i] - expected[i])).isLessThanOrEqualTo(ERROR * expected[i]);
    }
  }

  @Test
  void directionsAreExactAndReachEveryQuarter() {
    SplittableRandom random = new SplittableRandom(2);
    double[] t = random.doubles(100_000, -Math.PI / 4, Math.PI / 4).toArray();
    t[0] = 0;
    t[1] = GaussianNoise.angle(Long.MIN_VALUE);
    t[2] = GaussianNoise.angle(Long.MAX_VALUE);
    assertThat(t[1]).isEqualTo(-Math.PI / 4);
    assertThat(t[2]).isBetween(Math.PI / 4 - 1e-15, Math.PI / 4);
    double[] sines = t.clone();
    double[] cosines = new double[t.length];
    GaussianNoise.directions(sines, cosines);
    for (int i = 0; i < t.length; i++) {
      double sine = StrictMath.sin(t[i]);
      assertThat(Math.abs(sines[i] - sine)).isLessThanOrEqualTo(ERROR * Math.abs(sine));
      assertThat(Math.abs(cosines[i] - StrictMath.cos(t[i]))).isLessThanOrEqualTo(ERROR);
    }
    double[] draws = new double[GaussianNoise.BLOCK];
    GaussianNoise.fill(draws, RunKey.insecureForTests(1), 0, 0);
    int[] quarters = new int[4];
    for (int i = 0; i < draws.length; i += 2) {
      quarters[(draws[i] < 0 ? 1 : 0) + (draws[i + 1] < 0 ? 2 : 0)]++;
    }
    for (int count : quarters) {
      assertThat(count).isBetween(1850, 2250);
    }
  }
}
