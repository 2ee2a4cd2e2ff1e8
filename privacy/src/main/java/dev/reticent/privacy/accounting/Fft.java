package dev.reticent.privacy.accounting;

/** The discrete Fourier transform of a power-of-two length, in place, without scaling. */
final class Fft {
  private Fft() {}

  /** Decimation in frequency; the result is in bit-reversed order. */
  static void forward(double[] re, double[] im) {
    int n = re.length;
    double[] cos = new double[n / 2];
    double[] sin = new double[n / 2];
    table(n, cos, sin);
    for (int half = n / 2; half >= 1; half /= 2) {
      int stride = n / 2 / half;
      for (int start = 0; start < n; start += 2 * half) {
        for (int k = 0; k < half; k++) {
          int a = start + k;
          int b = a + half;
          double dr = re[a] - re[b];
          double di = im[a] - im[b];
          re[a] += re[b];
          im[a] += im[b];
          double c = cos[k * stride];
          double s = -sin[k * stride];
          re[b] = dr * c - di * s;
          im[b] = dr * s + di * c;
        }
      }
    }
  }

  /** Decimation in time of a bit-reversed spectrum; undoes {@link #forward} times n. */
  static void inverse(double[] re, double[] im) {
    int n = re.length;
    double[] cos = new double[n / 2];
    double[] sin = new double[n / 2];
    table(n, cos, sin);
    for (int half = 1; half < n; half *= 2) {
      int stride = n / 2 / half;
      for (int start = 0; start < n; start += 2 * half) {
        for (int k = 0; k < half; k++) {
          int a = start + k;
          int b = a + half;
          double c = cos[k * stride];
          double s = sin[k * stride];
          double br = re[b] * c - im[b] * s;
          double bi = re[b] * s + im[b] * c;
          re[b] = re[a] - br;
          im[b] = im[a] - bi;
          re[a] += br;
          im[a] += bi;
        }
      }
    }
  }

  private static void table(int n, double[] cos, double[] sin) {
    for (int i = 0; i < n / 2; i++) {
      double angle = 2 * Math.PI * i / n;
      cos[i] = Math.cos(angle);
      sin[i] = Math.sin(angle);
    }
  }
}
