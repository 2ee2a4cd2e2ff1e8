package dev.reticent.lora;

import dev.reticent.api.Internal;

/**
 * Which values of an adapter are trained: all of them, or all but A.
 *
 * <p>With A frozen (Sun et al. 2024, "Improving LoRA in privacy-preserving federated learning",
 * FFA-LoRA) a matrix is W + s·B A with a fixed A, so that the noise of a step enters it linearly,
 * where noise in both factors also enters as its own square; and about half as many coordinates get
 * noise.
 *
 * @param freezesA whether A stays what it is at the start
 */
@Internal
public record TrainedPart(AdapterLayout layout, boolean freezesA) {

  /** P, the number of trained values. */
  public int size() {
    return layout.slots().stream().mapToInt(this::size).sum();
  }

  private int size(AdapterSlot slot) {
    return slot.end() - from(slot);
  }

  private int from(AdapterSlot slot) {
    return freezesA ? slot.startB() : slot.startA();
  }

  /**
   * The trained values among those of an adapter, slot after slot: the array itself where all are.
   */
  public float[] of(float[] adapter) {
    if (!freezesA) {
      return adapter;
    }
    float[] trained = new float[size()];
    int at = 0;
    for (AdapterSlot slot : layout.slots()) {
      System.arraycopy(adapter, from(slot), trained, at, size(slot));
      at += size(slot);
    }
    return trained;
  }

  /** Puts trained values in their places among those of an adapter. */
  public void into(float[] adapter, float[] trained) {
    if (trained == adapter) {
      return;
    }
    int at = 0;
    for (AdapterSlot slot : layout.slots()) {
      System.arraycopy(trained, at, adapter, from(slot), size(slot));
      at += size(slot);
    }
  }

  /** The place among the adapter's values of one that is trained. */
  public int placeOf(int index) {
    int before = 0;
    for (AdapterSlot slot : layout.slots()) {
      if (index - before < size(slot)) {
        return from(slot) + index - before;
      }
      before += size(slot);
    }
    throw new IndexOutOfBoundsException(index);
  }
}
