package dev.reticent.privacy.accounting;

import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;

/**
 * Upper bounds on the Rényi divergence of a mechanism at some orders, all above 1.
 *
 * @param orders α, rising
 * @param divergences at each of them
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record RenyiCurve(double[] orders, double[] divergences) {

  private static final int ORDERS = 200;
  private static final double LEAST_BEYOND = 1e-3;
  private static final double MOST_BEYOND = 1023;

  /** Of nothing, at 200 orders from 1.001 to 1024, even on the scale of log(α − 1). */
  static RenyiCurve none() {
    double[] orders = new double[ORDERS];
    Arrays.setAll(
        orders, i -> 1 + LEAST_BEYOND * Math.pow(MOST_BEYOND / LEAST_BEYOND, i / (ORDERS - 1.0)));
    return new RenyiCurve(orders, new double[ORDERS]);
  }

  /** Of an event, at the same orders. */
  static RenyiCurve of(PrivacyEvent event, RdpAccountant accountant) {
    return none().map((order, none) -> accountant.divergence(event, order));
  }

  /** This one and so many times another at the same orders: divergences add up. */
  RenyiCurve plus(RenyiCurve other, int times) {
    double[] sums = new double[orders.length];
    Arrays.setAll(sums, i -> divergences[i] + times * other.divergences[i]);
    return new RenyiCurve(orders, sums);
  }

  /** Another divergence at each order. */
  RenyiCurve map(DoubleBinaryOperator ofOrderAndDivergence) {
    double[] mapped = new double[orders.length];
    Arrays.setAll(mapped, i -> ofOrderAndDivergence.applyAsDouble(orders[i], divergences[i]));
    return new RenyiCurve(orders, mapped);
  }

  /** The least of a figure over the orders. */
  double least(DoubleBinaryOperator ofOrderAndDivergence) {
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < orders.length; i++) {
      least = Math.min(least, ofOrderAndDivergence.applyAsDouble(orders[i], divergences[i]));
    }
    return least;
  }

  /** ε at δ (Balle et al. 2020, theorem 21), never negative. */
  double epsilon(double delta) {
    double least =
        least(
            (order, divergence) ->
                divergence + Elementary.log1p(-1 / order) - Math.log(delta * order) / (order - 1));
    return Math.max(0, least);
  }

  /** δ at ε: the same theorem the other way round, and at most the total variation's bound. */
  double delta(double epsilon) {
    double log =
        least(
            (order, divergence) ->
                (order - 1) * (divergence + Elementary.log1p(-1 / order) - epsilon)
                    - Math.log(order));
    // Bretagnolle and Huber: total variation is at most √(1 − e^(−KL)).
    double variation = least((order, divergence) -> Math.sqrt(-Elementary.expm1(-divergence)));
    return Math.min(variation, Math.exp(log));
  }
}
