package dev.reticent.privacy.accounting;

import java.util.Arrays;
import java.util.List;

/**
 * The sum of independent losses on a circle of n dots, by the discrete Fourier transform, with a
 * bound on its rounding.
 *
 * <p>In the L2 norm a transform errs by at most 9·u·log₂n of its input (Higham 2002, theorem 24.2,
 * twiddles within 2u, u = 2⁻⁵³); the T-th power of a coefficient φ of modulus at most 1 errs by T
 * times its error times |φ|^(T−1), and by 8·u·T·|φ|^T for the power itself. The L1 norm of a result
 * is at most the L2 norm of its coefficients.
 *
 * <p>A loss that sits on a few dots has a large norm. Where T is large and that matters, those few
 * are summed term by term, to 8u, for the few coefficients whose power is not negligible, and only
 * the rest goes through a transform.
 */
final class Spectrum {
  private static final double ROUNDOFF = 0x1p-53;
  private static final int HEAD = 64;

  /** Coefficients whose logarithm is below this are left out. */
  private static final double NEGLIGIBLE = -50;

  private static final double MOST_NEGLECTED = Math.exp(-49);
  private static final int MANY = 1000;
  private static final int FEW = 1 << 14;

  private final int n;
  private final double log;
  private final double[] re;
  private final double[] im;

  /** log|φ| and arg φ of the whole sum. */
  private final double[] power;

  private final double[] angle;

  /** The L2 norm of the coefficients' errors, over u, so far. */
  private double error;

  /** The part of that error that is in proportion to the result. */
  private double proportional;

  private double neglected;

  /** A summand: masses on the circle, how often they are added. */
  @SuppressWarnings("ArrayRecordComponent") // read once, never compared
  record Term(double[] masses, int first, int count) {
    /** The masses on a circle of n dots. */
    double[] onCircle(int n) {
      double[] circle = new double[n];
      for (int i = 0; i < masses.length; i++) {
        circle[Math.floorMod(first + i, n)] += masses[i];
      }
      return circle;
    }
  }

  private Spectrum(int n) {
    this.n = n;
    this.log = 9.0 * Integer.numberOfTrailingZeros(n);
    this.re = new double[n];
    this.im = new double[n];
    this.power = new double[n];
    this.angle = new double[n];
  }

  /** The masses of a sum, and a bound on the L1 norm of their error. */
  @SuppressWarnings("ArrayRecordComponent") // read once, never compared
  record Sum(double[] masses, double error) {}

  /** Adds up terms whose masses have a sum of about 1. */
  static Sum of(List<Term> terms, int n) {
    Spectrum spectrum = new Spectrum(n);
    for (Term term : terms) {
      spectrum.transform(term, 0, 0);
      for (int i = 0; i < n; i++) {
        spectrum.multiply(i, term.count);
      }
    }
    for (Term term : terms) {
      spectrum.bound(term, terms.size() == 1);
    }
    return spectrum.back();
  }

  /** The transform of a term's masses but for those from one dot up to another. */
  private double transform(Term term, int from, int to) {
    Arrays.fill(re, 0);
    Arrays.fill(im, 0);
    double squares = 0;
    for (int i = 0; i < term.masses.length; i++) {
      if (i < from || i >= to) {
        re[Math.floorMod(term.first + i, n)] += term.masses[i];
        squares += term.masses[i] * term.masses[i];
      }
    }
    Fft.forward(re, im);
    return Math.sqrt(squares);
  }

  private void multiply(int i, int count) {
    power[i] += count * 0.5 * Math.log(re[i] * re[i] + im[i] * im[i]);
    if (power[i] > NEGLIGIBLE) {
      angle[i] += count * Math.atan2(im[i], re[i]);
    }
  }

  /** Counts the rounding of a term, after refining its coefficients where that gains much. */
  private void bound(Term term, boolean alone) {
    int head = head(term.masses);
    int end = Math.min(term.masses.length, head + HEAD);
    double whole = 0;
    double rest = 0;
    for (int i = 0; i < term.masses.length; i++) {
      double square = term.masses[i] * term.masses[i];
      whole += square;
      rest += i < head || i >= end ? square : 0;
    }
    double norm = Math.sqrt(whole);
    long kept = 0;
    for (double logarithm : power) {
      kept += logarithm > NEGLIGIBLE ? 1 : 0;
    }
    if (!alone || term.count < MANY || kept > FEW || rest > whole / 100) {
      error += term.count * (log + 8) * norm * Math.sqrt(n);
      return;
    }
    double left = transform(term, head, end);
    int shift = 32 - Integer.numberOfTrailingZeros(n);
    for (int i = 0; i < n; i++) {
      if (power[i] > NEGLIGIBLE) {
        addHead(term, head, end, i, Integer.reverse(i) >>> shift);
        power[i] = 0;
        angle[i] = 0;
        multiply(i, term.count);
      }
    }
    error += term.count * log * left * Math.sqrt(n);
    // The head's sum of 64 terms errs by at most 66u, the power by 8u; |φ| is above e^(−50/1000).
    proportional += term.count * 1.06 * (HEAD + 10);
  }

  private void addHead(Term term, int from, int to, int i, long frequency) {
    for (int j = from; j < to; j++) {
      double turn = 2 * Math.PI * Math.floorMod(frequency * (term.first + j), (long) n) / n;
      re[i] += term.masses[j] * Math.cos(turn);
      im[i] -= term.masses[j] * Math.sin(turn);
    }
  }

  /** Where the dots begin that have most of the masses' norm. */
  private static int head(double[] masses) {
    double window = 0;
    double most = 0;
    int start = 0;
    for (int i = 0; i < masses.length; i++) {
      window += masses[i] * masses[i];
      if (i >= HEAD) {
        window -= masses[i - HEAD] * masses[i - HEAD];
      }
      if (window > most) {
        most = window;
        start = Math.max(0, i - HEAD + 1);
      }
    }
    return start;
  }

  private Sum back() {
    for (int i = 0; i < n; i++) {
      if (power[i] > NEGLIGIBLE) {
        double modulus = Math.exp(power[i]);
        re[i] = modulus * Math.cos(angle[i]);
        im[i] = modulus * Math.sin(angle[i]);
      } else {
        neglected += MOST_NEGLECTED;
        re[i] = 0;
        im[i] = 0;
      }
    }
    Fft.inverse(re, im);
    double squares = 0;
    for (int i = 0; i < n; i++) {
      re[i] = Math.max(0, re[i] / n);
      squares += re[i] * re[i];
    }
    double norm = Math.sqrt(squares * n);
    return new Sum(re, neglected + ROUNDOFF * (error + (proportional + log) * norm));
  }
}
