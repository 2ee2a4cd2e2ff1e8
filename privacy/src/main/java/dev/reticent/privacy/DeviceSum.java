package dev.reticent.privacy;

import java.util.List;

/**
 * A sum of weighted gradients that stays on the device where the gradients are until it is taken,
 * so that nobody waits for the device in between.
 *
 * <p>B examples of a micro-batch, P coordinates, G clipping groups that partition them.
 *
 * @param <G> the gradients of a micro-batch, as the engine has them
 */
public interface DeviceSum<G> {

  /**
   * Adds Σᵢ rint(w[g][i]·gᵢ) for each group's coordinates, w being the factor times what the
   * scaling makes of the norms, computed in double as the scaling itself does; each row is rounded
   * to whole numbers by itself, and a weight 0 silences NaN. Adds all of it or, where it throws,
   * nothing; the device may still be at it when this returns.
   *
   * <p>Norms are those that {@link PerExampleGradients#squaredNorms} asks for.
   */
  void add(G gradients, Scaling scaling, double factor);

  /**
   * Waits for the device, and hands over everything, once.
   *
   * @param sum Σ over all micro-batches, in 64 bits: the first P are filled, or none when nothing
   *     was added; what lies behind stays as it is
   */
  Taken take(long[] sum);

  /**
   * What the device had.
   *
   * @param dimension P, or 0 when nothing was added
   * @param microBatches in the order in which they were added
   */
  record Taken(int dimension, List<MicroBatch> microBatches) {}

  /**
   * What is known of a micro-batch.
   *
   * @param squaredNorms [G][B]
   * @param losses [B]
   * @param squares the squared L2 norm of what it added, in fp64, before it became whole numbers of
   *     64 bits: it shows what would not fit these
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  record MicroBatch(double[][] squaredNorms, double[] losses, double squares) {}
}
