package dev.reticent.privacy.accounting;

/**
 * The discrete Fourier transform of n real numbers, n a power of two, on double-doubles: many times
 * as slow as {@link Fft}, with an error of 2⁻¹⁰⁰ in place of 2⁻⁵³.
 *
 * <p>Even and odd places are the real and imaginary parts of n/2 complex numbers z, whose transform
 * Z holds both: E[k] = (Z[k] + Z*[n/2 − k])/2, O[k] = (Z[k] − Z*[n/2 − k])/2i and X[k] = E[k] +
 * w^k·O[k] for k from 0 to n/2. The other half is the first one's mirror image.
 */
final class PreciseFft {
  private final int half;
  private final Vector re;
  private final Vector im;

  /** cos and sin of 2πk/n, k below n/2. */
  private final Vector cos;

  private final Vector sin;

  /** Double-doubles side by side. */
  private static final class Vector {
    private final double[] hi;
    private final double[] lo;

    Vector(int n) {
      this.hi = new double[n];
      this.lo = new double[n];
    }

    DoubleDouble get(int i) {
      return new DoubleDouble(hi[i], lo[i]);
    }

    void set(int i, DoubleDouble value) {
      hi[i] = value.hi();
      lo[i] = value.lo();
    }

    void swap(int i, int j) {
      DoubleDouble held = get(i);
      set(i, get(j));
      set(j, held);
    }
  }

  PreciseFft(int n) {
    this.half = n / 2;
    this.re = new Vector(half);
    this.im = new Vector(half);
    this.cos = new Vector(half);
    this.sin = new Vector(half);
    for (int i = 0; i <= n / 8; i++) {
      root(i, n);
    }
  }

  /** The i-th root of unity by its Taylor series, and its three mirror images in a half turn. */
  private void root(int i, int n) {
    DoubleDouble angle = DoubleDouble.PI.times(DoubleDouble.of(2.0 * i)).over(n);
    DoubleDouble square = angle.times(angle);
    DoubleDouble even = DoubleDouble.ONE;
    DoubleDouble odd = angle;
    DoubleDouble evens = even;
    DoubleDouble odds = odd;
    for (int k = 1; k < 16; k++) {
      even = even.times(square).over((2.0 * k - 1) * (2.0 * k)).negated();
      odd = odd.times(square).over(2.0 * k * (2.0 * k + 1)).negated();
      evens = evens.plus(even);
      odds = odds.plus(odd);
    }
    put(i, evens, odds);
    put(n / 4 - i, odds, evens);
    put(n / 4 + i, odds.negated(), evens);
    put(n / 2 - i, evens.negated(), odds);
  }

  private void put(int i, DoubleDouble x, DoubleDouble y) {
    if (i < half) {
      cos.set(i, x);
      sin.set(i, y);
    }
  }

  /** w^k = e^(−2πik/n), k from 0 to n/2. */
  private Complex root(int k) {
    return k == half
        ? new Complex(DoubleDouble.ONE.negated(), DoubleDouble.ZERO)
        : new Complex(cos.get(k), sin.get(k).negated());
  }

  /** The first n/2 + 1 coefficients. */
  Complex[] forward(double[] values) {
    for (int i = 0; i < half; i++) {
      re.set(i, DoubleDouble.of(values[2 * i]));
      im.set(i, DoubleDouble.of(values[2 * i + 1]));
    }
    transform(false);
    Complex[] coefficients = new Complex[half + 1];
    for (int k = 0; k <= half; k++) {
      Complex z = at(k % half);
      Complex mirror = at((half - k) % half).conjugate();
      Complex even = z.plus(mirror);
      Complex odd = z.minus(mirror).overI();
      coefficients[k] = even.plus(root(k).times(odd)).halved();
    }
    return coefficients;
  }

  /** Undoes {@link #forward}; to the nearest double. */
  double[] inverse(Complex[] coefficients) {
    for (int k = 0; k < half; k++) {
      Complex x = coefficients[k];
      Complex mirror = coefficients[half - k].conjugate();
      Complex even = x.plus(mirror);
      Complex odd = x.minus(mirror).times(root(k).conjugate());
      Complex z = even.minus(odd.overI()).halved();
      re.set(k, z.re());
      im.set(k, z.im());
    }
    transform(true);
    double[] values = new double[2 * half];
    for (int i = 0; i < half; i++) {
      values[2 * i] = re.hi[i] / half;
      values[2 * i + 1] = im.hi[i] / half;
    }
    return values;
  }

  private Complex at(int k) {
    return new Complex(re.get(k), im.get(k));
  }

  /** Decimation in time; the roots of n/2 are every second one of n. */
  private void transform(boolean backward) {
    int shift = 32 - Integer.numberOfTrailingZeros(half);
    for (int i = 0; i < half; i++) {
      int j = Integer.reverse(i) >>> shift;
      if (i < j) {
        re.swap(i, j);
        im.swap(i, j);
      }
    }
    for (int width = 1; width < half; width *= 2) {
      int stride = half / width;
      for (int start = 0; start < half; start += 2 * width) {
        for (int k = 0; k < width; k++) {
          DoubleDouble s = sin.get(k * stride);
          butterfly(start + k, start + k + width, cos.get(k * stride), backward ? s : s.negated());
        }
      }
    }
  }

  private void butterfly(int a, int b, DoubleDouble c, DoubleDouble s) {
    DoubleDouble x = re.get(b);
    DoubleDouble y = im.get(b);
    DoubleDouble turnedRe = x.times(c).minus(y.times(s));
    DoubleDouble turnedIm = x.times(s).plus(y.times(c));
    DoubleDouble keptRe = re.get(a);
    DoubleDouble keptIm = im.get(a);
    re.set(a, keptRe.plus(turnedRe));
    im.set(a, keptIm.plus(turnedIm));
    re.set(b, keptRe.minus(turnedRe));
    im.set(b, keptIm.minus(turnedIm));
  }

  /** A complex number of double-doubles. */
  record Complex(DoubleDouble re, DoubleDouble im) {
    static final Complex ZERO = new Complex(DoubleDouble.ZERO, DoubleDouble.ZERO);
    static final Complex ONE = new Complex(DoubleDouble.ONE, DoubleDouble.ZERO);

    Complex plus(Complex other) {
      return new Complex(re.plus(other.re), im.plus(other.im));
    }

    Complex minus(Complex other) {
      return new Complex(re.minus(other.re), im.minus(other.im));
    }

    Complex times(Complex other) {
      return new Complex(
          re.times(other.re).minus(im.times(other.im)),
          re.times(other.im).plus(im.times(other.re)));
    }

    Complex conjugate() {
      return new Complex(re, im.negated());
    }

    /** Over the imaginary unit. */
    Complex overI() {
      return new Complex(im, re.negated());
    }

    Complex halved() {
      return new Complex(re.halved(), im.halved());
    }

    /** By squaring. */
    Complex power(int count) {
      Complex result = ONE;
      Complex square = this;
      for (int left = count; left > 0; left >>= 1) {
        if ((left & 1) == 1) {
          result = result.times(square);
        }
        square = left > 1 ? square.times(square) : square;
      }
      return result;
    }

    double logModulus() {
      return 0.5 * Math.log(re.hi() * re.hi() + im.hi() * im.hi());
    }
  }
}
