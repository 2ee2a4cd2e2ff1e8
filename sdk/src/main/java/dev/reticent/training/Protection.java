package dev.reticent.training;

import dev.reticent.privacy.Clipping;
import dev.reticent.privacy.GaussianMechanism;
import dev.reticent.privacy.Ledger;
import dev.reticent.privacy.PoissonSampler;
import dev.reticent.privacy.PrivateCurve;

/**
 * What makes the gradients of a run private.
 *
 * @param clipping of the first step
 * @param curve the share of C for estimates of loss and clipping; {@link Clipping.Adaptive} needs
 *     one
 * @param expectedBatchSize the public number that sums are divided by
 */
public record Protection(
    PoissonSampler sampler,
    Clipping clipping,
    PrivateCurve curve,
    GaussianMechanism mechanism,
    Ledger ledger,
    double expectedBatchSize) {

  public Protection {
    if (clipping instanceof Clipping.Adaptive && curve.share() == 0) {
      throw new IllegalArgumentException(
          "adaptive clipping follows the private curve's clipped fraction; give the curve a share");
    }
  }
}
