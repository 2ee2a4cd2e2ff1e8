package dev.reticent.privacy;

import dev.reticent.privacy.accounting.Neighbors;
import dev.reticent.privacy.accounting.PrivacyEvent;
import dev.reticent.privacy.accounting.RdpAccountant;
import java.util.List;

/**
 * A privacy odometer: a running total that may be read after any run, acted upon and read again.
 *
 * <p>An odometer (Rogers, Roth, Ullman and Vadhan 2016) promises that with probability 1 − δ the
 * privacy loss is below the reading at all times at once, so stopping or going on because of a
 * reading takes nothing from it. For one order α, exp((α − 1)(loss − Σ divergences)) is a
 * supermartingale of mean 1 at most, even if the runs were chosen by what earlier ones released; by
 * Ville's inequality the loss exceeds Σ + log(1/δ)/(α − 1) at no time but with probability δ
 * (Whitehouse, Ramdas, Rogers and Wu 2023 build odometers this way). The least reading over a fixed
 * set of orders shares δ among them. This costs more than a single run's conversion, whose order
 * may be optimised because its length was fixed.
 */
final class RenyiOdometer {

  private static final double[] ORDERS = {
    1.25, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 128, 256, 512
  };

  private final RdpAccountant accountant;
  private final double delta;

  RenyiOdometer(Neighbors neighbors, double delta) {
    this.accountant = new RdpAccountant(neighbors);
    this.delta = delta;
  }

  /** ε of all these runs together, at every time they were looked at. */
  double reading(List<PrivacyEvent> runs) {
    double least = Double.POSITIVE_INFINITY;
    for (double order : ORDERS) {
      double sum = runs.stream().mapToDouble(run -> accountant.divergence(run, order)).sum();
      least = Math.min(least, sum + Math.log(ORDERS.length / delta) / (order - 1));
    }
    return least;
  }
}
