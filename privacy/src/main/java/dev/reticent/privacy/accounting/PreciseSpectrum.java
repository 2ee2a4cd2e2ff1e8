package dev.reticent.privacy.accounting;

import dev.reticent.privacy.accounting.PreciseFft.Complex;
import java.util.Arrays;
import java.util.List;

/**
 * What {@link Spectrum} computes, on double-doubles.
 *
 * <p>A sum whose steps rarely lose anything keeps nearly all of its mass in one place whatever the
 * tilt, and δ is then so small beside it that the rounding of doubles counts. The bound on rounding
 * is the one of {@link Spectrum}, with 2⁻¹⁰⁰ in place of u: sums, products and roots of unity err
 * by a few 2⁻¹⁰⁵, and packing real numbers by twos adds one stage of each.
 */
final class PreciseSpectrum {
  /** Lengths above this would take more than seconds. */
  static final int LARGEST = 1 << 19;

  private static final double ROUNDOFF = 0x1p-100;

  /** A power whose logarithm is below this is left out. */
  private static final double NEGLIGIBLE = -120;

  private PreciseSpectrum() {}

  /** Adds up terms whose masses have a sum of about 1. */
  static Spectrum.Sum of(List<Spectrum.Term> terms, int n) {
    double log = 9.0 * (Integer.numberOfTrailingZeros(n) + 1);
    PreciseFft fft = new PreciseFft(n);
    Complex[] product = new Complex[n / 2 + 1];
    Arrays.fill(product, Complex.ONE);
    double error = 0;
    double neglected = 0;
    for (Spectrum.Term term : terms) {
      double[] circle = term.onCircle(n);
      error += term.count() * (log + 8) * norm(circle) * Math.sqrt(n);
      Complex[] coefficients = fft.forward(circle);
      for (int i = 0; i < product.length; i++) {
        if (term.count() * coefficients[i].logModulus() < NEGLIGIBLE) {
          product[i] = Complex.ZERO;
          neglected += 2 * Math.exp(NEGLIGIBLE + 1);
        } else {
          product[i] = product[i].times(coefficients[i].power(term.count()));
        }
      }
    }
    double[] masses = fft.inverse(product);
    for (int i = 0; i < n; i++) {
      masses[i] = Math.max(0, masses[i]);
    }
    error += log * norm(masses) * Math.sqrt(n);
    return new Spectrum.Sum(masses, neglected + ROUNDOFF * error);
  }

  private static double norm(double[] masses) {
    double squares = 0;
    for (double mass : masses) {
      squares += mass * mass;
    }
    return Math.sqrt(squares);
  }
}
