package dev.reticent.architecture;

import dev.reticent.architecture.Architecture.Linear;
import java.util.List;

/** Layers without experts among those that have some. */
final class DenseLayers {

  private DenseLayers() {}

  /**
   * Some layers have a feed-forward part like a Llama's in the place of experts, and of what all
   * tokens pass beside them; to be said after both.
   *
   * @param dense for each layer whether it is one of these
   * @param size F of these
   */
  static void among(Blueprint b, List<Boolean> dense, int size) {
    among(b, dense, size, "mlp");
  }

  /**
   * The same.
   *
   * @param part what their feed-forward part is called
   */
  static void among(Blueprint b, List<Boolean> dense, int size, String part) {
    LayerShape other = new LayerShape(b.kvHeads, b.headDim, size, false);
    b.shapes = dense.stream().map(is -> is ? other : b.shape()).toList();
    if (dense.contains(true)) {
      alone(b, Projection.GATE, part + ".gate_proj");
      alone(b, Projection.UP, part + ".up_proj");
      alone(b, Projection.DOWN, part + ".down_proj");
    }
  }

  private static void alone(Blueprint b, Projection projection, String name) {
    b.withoutExperts.put(projection, new Linear(name, false));
    b.modules.putIfAbsent(projection, new Linear(name, false));
  }
}
