package dev.reticent.decoding;

import dev.reticent.architecture.LayerLayout.AdapterPart;
import dev.reticent.engine.Tensor;
import dev.reticent.model.AdapterTensors;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An adapter in Java's heap: what it changes, by the number of the module.
 *
 * @param table embeddings [V·D] in the place of the model's; empty where it has none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record HeapAdapter(Map<Integer, Change> changes, float[] table) {

  /**
   * What it changes in one module; an array is empty where there is no such change.
   *
   * @param a [in][r]
   * @param b [r][out]
   */
  record Change(float[][] a, float[][] b, float scale, float[] gain, float[] shift) {

    /** y = g·(y + s·B A x) on the module's part of y. */
    void apply(float[] x, float[] y, int start, int width) {
      if (b.length > 0) {
        float[] low = new float[b.length];
        Columns.add(a, 0, a.length, x, 0, low, 0, low.length);
        for (int i = 0; i < low.length; i++) {
          low[i] *= scale;
        }
        float[] wide = new float[width];
        Columns.add(b, 0, b.length, low, 0, wide, 0, width);
        for (int j = 0; j < width; j++) {
          y[start + j] += wide[j];
        }
      }
      for (int j = 0; j < gain.length; j++) {
        y[start + j] *= gain[j];
      }
    }

    /** Adds what is added to the bias. */
    void shift(float[] y, int start) {
      for (int j = 0; j < shift.length; j++) {
        y[start + j] += shift[j];
      }
    }
  }

  /** Copies an adapter. */
  static HeapAdapter of(AdapterTensors tensors) {
    Map<Integer, Change> changes = new HashMap<>();
    for (int module = 0; module < tensors.modules(); module++) {
      float[] gain = tensors.part(module, AdapterPart.GAIN).toFloats();
      float[] shift = tensors.part(module, AdapterPart.SHIFT).toFloats();
      boolean low = tensors.rank(module) > 0;
      if (low || gain.length > 0 || shift.length > 0) {
        changes.put(
            module,
            new Change(
                low ? columns(tensors.part(module, AdapterPart.A)) : new float[0][],
                low ? columns(tensors.part(module, AdapterPart.B)) : new float[0][],
                low ? tensors.part(module, AdapterPart.SCALE).toFloats()[0] : 0,
                gain,
                shift));
      }
    }
    return new HeapAdapter(changes, tensors.table().toFloats());
  }

  /** [rows, columns] column by column. */
  private static float[][] columns(Tensor matrix) {
    float[] values = matrix.toFloats();
    int rows = (int) matrix.shape()[0];
    int count = values.length / rows;
    float[][] columns = new float[count][rows];
    for (int row = 0; row < rows; row++) {
      for (int k = 0; k < count; k++) {
        columns[k][row] = values[row * count + k];
      }
    }
    return columns;
  }

  Optional<Change> of(int module) {
    return Optional.ofNullable(changes.get(module));
  }
}
