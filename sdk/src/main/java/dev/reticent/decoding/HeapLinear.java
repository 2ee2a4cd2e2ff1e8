package dev.reticent.decoding;

import java.util.List;
import java.util.Optional;

/**
 * Linear modules that see the same input, as one matrix: their rows one below the other.
 *
 * @param bias [out] of all, zeros where a module has none
 * @param modules in order
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record HeapLinear(HeapMatrix matrix, float[] bias, List<Module> modules) {

  /**
   * @param number among all of the model
   * @param start where its outputs begin among those of all
   */
  record Module(int number, int start, int width) {}

  /**
   * y[r] = g·(W x[r] + s·B A x[r]) + bias for each row, module by module.
   *
   * @param adapters of each row
   */
  void apply(float[][] x, float[][] y, List<Optional<HeapAdapter>> adapters) {
    matrix.multiply(x, y);
    for (int r = 0; r < x.length; r++) {
      Optional<HeapAdapter> adapter = adapters.get(r);
      for (Module module : modules) {
        Optional<HeapAdapter.Change> change = adapter.flatMap(a -> a.of(module.number()));
        if (change.isPresent()) {
          change.get().apply(x[r], y[r], module.start(), module.width());
        }
      }
      add(bias, y[r]);
      for (Module module : modules) {
        Optional<HeapAdapter.Change> change = adapter.flatMap(a -> a.of(module.number()));
        if (change.isPresent()) {
          change.get().shift(y[r], module.start());
        }
      }
    }
  }

  private static void add(float[] more, float[] y) {
    for (int j = 0; j < more.length; j++) {
      y[j] += more[j];
    }
  }
}
