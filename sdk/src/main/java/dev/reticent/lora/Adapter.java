package dev.reticent.lora;

import java.util.SplittableRandom;

/**
 * The values of an adapter, one flat array in the order of its layout.
 *
 * <p>The array is shared, not copied: what an optimizer writes into it is the adapter.
 */
@SuppressWarnings("ArrayRecordComponent") // shared on purpose; adapters are never compared
public record Adapter(AdapterLayout layout, float[] values) {

  public Adapter {
    if (values.length != layout.size()) {
      throw new IllegalArgumentException(
          "expected " + layout.size() + " values, found " + values.length);
    }
  }

  /**
   * A fresh adapter that changes nothing yet: A uniform on ±1/√in (Kaiming's with a = √5), B zero.
   *
   * @param seed decides A; not a secret
   */
  public static Adapter initial(AdapterLayout layout, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[layout.size()];
    for (AdapterSlot slot : layout.slots()) {
      double bound = 1 / Math.sqrt(slot.in());
      for (int i = slot.startA(); i < slot.startB(); i++) {
        values[i] = (float) random.nextDouble(-bound, bound);
      }
    }
    return new Adapter(layout, values);
  }
}
