package dev.reticent.privacy.accounting;

/**
 * An upper bound on log A(α) for a batch of fixed size drawn without replacement, when one row is
 * replaced (Wang, Balle and Kasiviswanathan 2019, theorem 9 with the bounds of its appendix on the
 * Gaussian): A(α) ≤ 1 + Σ over j = 2..α of (α over j)·γʲ·min(2·e^(j(j−1)/2s²),
 * 4·√(B(2⌊j/2⌋)·B(2⌈j/2⌉))) with γ = batch/N, B(l) = E[(e^y − 1)^l] and e^y the likelihood ratio of
 * two Gaussians 1 apart at noise s. log A(α) is convex in α, so between integers the chord is a
 * bound.
 */
final class FixedSizeMoments {
  private static final int HIGHEST = 1024;

  private final double logRate;
  private final double noise;

  /** Whether quadrature would take too long; the plain term is the smaller one there anyway. */
  private final boolean isTiny;

  /** log B(2i), NaN until asked for. */
  private final double[] logEven = new double[HIGHEST / 2 + 2];

  /**
   * @param noise the standard deviation over the distance that replacing a row can move the sum
   */
  FixedSizeMoments(double rate, double noise) {
    this.logRate = Math.log(rate);
    this.noise = noise;
    this.isTiny = noise < TinyNoise.LARGEST;
    java.util.Arrays.fill(logEven, Double.NaN);
  }

  double logMoment(double order) {
    double floor = Math.floor(order);
    double at = integer((int) floor);
    return order == floor ? at : at + (order - floor) * (integer((int) floor + 1) - at);
  }

  private double integer(int order) {
    double peak = Double.NEGATIVE_INFINITY;
    double sum = 0;
    double choose = Math.log(order);
    for (int j = 2; j <= order; j++) {
      choose += Math.log((double) (order - j + 1) / j);
      double plain = Math.log(2) + j * (j - 1.0) / (2 * noise * noise);
      double refined = isTiny ? plain : Math.log(4) + (even(j / 2) + even((j + 1) / 2)) / 2;
      double term = choose + j * logRate + Math.min(plain, refined);
      double larger = Math.max(peak, term);
      sum = sum * Math.exp(peak - larger) + Math.exp(term - larger);
      peak = larger;
    }
    return sum == 0 ? 0 : Moments.logOnePlus(peak + Math.log(sum));
  }

  /** log B(2i), by the trapezoidal rule; its integrand is nowhere negative. */
  private double even(int i) {
    if (Double.isNaN(logEven[i])) {
      int power = 2 * i;
      double h = Math.min(noise / 4, noise * noise / 4);
      double from = -13 * noise;
      int points = (int) Math.ceil((power + 26 * noise) / h);
      double peak = Double.NEGATIVE_INFINITY;
      double sum = 0;
      for (int k = 0; k <= points; k++) {
        double x = from + k * h;
        double y = (2 * x - 1) / (2 * noise * noise);
        double log = y > 30 ? y : Math.log(Math.abs(Elementary.expm1(y)));
        double term = power * log - x * x / (2 * noise * noise);
        if (term > peak) {
          sum = sum * Math.exp(peak - term) + 1;
          peak = term;
        } else {
          sum += Math.exp(term - peak);
        }
      }
      logEven[i] = peak + Math.log(sum * h / (noise * Math.sqrt(2 * Math.PI)));
    }
    return logEven[i];
  }
}
