package dev.reticent.privacy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Clips and adds the gradients of some units of a step on one device, without waiting for it: the
 * same sum, to the last bit, as that of a {@link PartialAccumulator}, and the same promises. What
 * that one refuses at once is refused here when the sum is finished, before anything is handed out.
 * Thread-safe.
 *
 * @param <G> the gradients of a micro-batch, as the engine has them
 */
public final class DeviceAccumulator<G> {

  /** So many rounded rows add up exactly in fp64; see {@link PerExampleGradients#wholeSum}. */
  private static final int MOST_ROWS = 1 << 16;

  private final SumRule rule;
  private final DeviceSum<G> sum;
  private final Claims claims;
  private final CompletableFuture<long[]> room;
  private final List<Integer> counts = new ArrayList<>();

  DeviceAccumulator(SumRule rule, DeviceSum<G> sum) {
    this.rule = rule;
    this.sum = sum;
    this.claims = new Claims(rule.step());
    this.room =
        Spare.ARRAYS.zerosSoon(rule.coordinates()); // which takes a while, as the device does
  }

  /**
   * Clips and adds a micro-batch, or throws and adds nothing of it.
   *
   * @param units the sampled units whose gradients these are, in their order
   * @param groups G
   * @throws IllegalArgumentException when a unit comes twice or was added already
   */
  public synchronized void add(int[] units, int groups, G gradients) {
    if (units.length > MOST_ROWS) {
      throw new IllegalArgumentException("a micro-batch has at most " + MOST_ROWS + " rows");
    }
    claims.take(units);
    try {
      sum.add(gradients, rule.clipping().scaling(groups), rule.factor());
    } catch (RuntimeException | Error e) {
      claims.giveBack(units); // so that gradients for which memory ran out can come again
      throw e;
    }
    counts.add(units.length);
  }

  /**
   * The finished sum.
   *
   * @throws IllegalStateException when this is the second call, when the device counts otherwise,
   *     or when a micro-batch added more than so many clipped gradients can
   */
  public synchronized PartialSum finish() {
    int[] units = claims.finish();
    long[] whole = room.join();
    DeviceSum.Taken taken = sum.take(whole);
    if (taken.microBatches().size() != counts.size()
        || taken.dimension() != (counts.isEmpty() ? 0 : rule.dimension())) {
      throw new IllegalStateException(
          "the device has %d micro-batches of %d coordinates, where %d of %d were added"
              .formatted(
                  taken.microBatches().size(), taken.dimension(), counts.size(), rule.dimension()));
    }
    for (int i = 0; i < counts.size(); i++) {
      DeviceSum.MicroBatch micro = taken.microBatches().get(i);
      if (micro.losses().length != counts.get(i)) {
        throw new IllegalStateException(
            "a micro-batch of %d units came back as one of %d"
                .formatted(counts.get(i), micro.losses().length));
      }
      // Parts of this norm stay below 2^63, and so do the sums of as many units as can be claimed.
      rule.requireBound(counts.get(i), micro.squares());
      double[] extra = rule.extra(micro.squaredNorms(), micro.losses());
      for (int k = 0; k < extra.length; k++) {
        int at = rule.dimension() + k;
        whole[at] = Math.addExact(whole[at], (long) extra[k]);
      }
    }
    return new PartialSum(rule.step(), rule.clipping().clipNorm(), units, whole);
  }
}
