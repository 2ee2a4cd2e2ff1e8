package dev.reticent.lora;

import java.util.Arrays;

/**
 * B of experts in the files of Python PEFT: [out, r·X] with column k·X + e for rank k of expert e,
 * where a layout has [X·out, r].
 */
final class ExpertColumns {
  private ExpertColumns() {}

  /**
   * The values with B as PEFT has it: all of them as they are, or those of the experts' B alone.
   */
  static float[] inPeft(AdapterSlot slot, float[] values) {
    if (slot.parts() == 1) {
      return values;
    }
    float[] b = new float[slot.rank() * slot.out()];
    each(slot, (own, file) -> b[file] = values[slot.startB() + own]);
    return b;
  }

  /** Puts B, read as PEFT has it, as a layout has it. */
  static void fromPeft(AdapterSlot slot, float[] values) {
    if (slot.parts() > 1) {
      float[] read =
          Arrays.copyOfRange(values, slot.startB(), slot.startB() + slot.rank() * slot.out());
      each(slot, (own, file) -> values[slot.startB() + own] = read[file]);
    }
  }

  private interface Pair {
    void take(int own, int file);
  }

  private static void each(AdapterSlot slot, Pair pair) {
    int experts = slot.parts();
    int rows = slot.out() / experts;
    for (int e = 0; e < experts; e++) {
      for (int row = 0; row < rows; row++) {
        for (int k = 0; k < slot.rank(); k++) {
          int own = (e * rows + row) * slot.rank() + k;
          pair.take(own, row * slot.rowsA() + k * experts + e);
        }
      }
    }
  }
}
