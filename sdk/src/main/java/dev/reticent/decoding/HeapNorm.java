package dev.reticent.decoding;

/**
 * An RMSNorm or a LayerNorm: x over its root mean square, less its mean before where it is centred,
 * times the factors, plus the bias.
 *
 * @param bias empty where it has none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record HeapNorm(float[] factors, float[] bias, boolean centred, double epsilon) {

  /** y = the norm of so many elements of x from {@code start} on; y may be x. */
  void apply(float[] x, float[] y, int start) {
    int n = factors.length;
    float mean = centred ? sum(x, start, n) / n : 0;
    float squares = 0;
    for (int i = start; i < start + n; i++) {
      float d = x[i] - mean;
      squares += d * d;
    }
    float over = (float) (1 / Math.sqrt(squares / n + epsilon));
    for (int i = 0; i < n; i++) {
      y[start + i] = (x[start + i] - mean) * over * factors[i];
    }
    for (int i = 0; i < bias.length; i++) {
      y[start + i] += bias[i];
    }
  }

  private static float sum(float[] x, int start, int n) {
    float sum = 0;
    for (int i = start; i < start + n; i++) {
      sum += x[i];
    }
    return sum;
  }
}
