package dev.reticent.lora;

import java.util.Arrays;

/**
 * Adapters of experts in the files of Python PEFT. Its A [r·X, in] has row e·r + k for rank k of
 * expert e, as here; its B [out, r·X] has column k·X + e, where a layout has [X·out, r]. Where it
 * adapts a matrix that it holds with rows for columns, its A is Bᵀ here, its B is Aᵀ.
 */
final class ExpertColumns {
  private ExpertColumns() {}

  /** A as PEFT has it; all values as they are where there are no experts. */
  static float[] ofA(AdapterSlot slot, float[] values) {
    if (slot.parts() == 1) {
      return values;
    }
    float[] found = new float[slot.rowsA() * slot.in()];
    eachOfA(slot, (own, file) -> found[file] = values[slot.startA() + own]);
    return found;
  }

  /** B as PEFT has it; all values as they are where there are no experts. */
  static float[] ofB(AdapterSlot slot, float[] values) {
    if (slot.parts() == 1) {
      return values;
    }
    float[] found = new float[slot.rank() * slot.out()];
    eachOfB(slot, (own, file) -> found[file] = values[slot.startB() + own]);
    return found;
  }

  /** Puts A and B, read as PEFT has them, as a layout has them. */
  static void fromPeft(AdapterSlot slot, float[] values) {
    if (slot.parts() > 1) {
      float[] a = Arrays.copyOfRange(values, slot.startA(), slot.startB());
      eachOfA(slot, (own, file) -> values[slot.startA() + own] = a[file]);
      float[] b =
          Arrays.copyOfRange(values, slot.startB(), slot.startB() + slot.rank() * slot.out());
      eachOfB(slot, (own, file) -> values[slot.startB() + own] = b[file]);
    }
  }

  private interface Pair {
    void take(int own, int file);
  }

  private static void eachOfA(AdapterSlot slot, Pair pair) {
    for (int e = 0; e < slot.parts(); e++) {
      for (int k = 0; k < slot.rank(); k++) {
        for (int column = 0; column < slot.in(); column++) {
          int own = (e * slot.rank() + k) * slot.in() + column;
          pair.take(own, slot.swapped() ? columnOfB(slot, column, e, k) : own);
        }
      }
    }
  }

  private static void eachOfB(AdapterSlot slot, Pair pair) {
    int rows = slot.out() / slot.parts();
    for (int e = 0; e < slot.parts(); e++) {
      for (int row = 0; row < rows; row++) {
        for (int k = 0; k < slot.rank(); k++) {
          int own = (e * rows + row) * slot.rank() + k;
          int rowOfA = (e * slot.rank() + k) * rows + row;
          pair.take(own, slot.swapped() ? rowOfA : columnOfB(slot, row, e, k));
        }
      }
    }
  }

  /** Where PEFT's B has a row's value for rank k of expert e. */
  private static int columnOfB(AdapterSlot slot, int row, int e, int k) {
    return row * slot.rowsA() + k * slot.parts() + e;
  }
}
