package dev.reticent.training;

import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import dev.reticent.model.HeadGradients;
import dev.reticent.model.KeptLayer;
import dev.reticent.model.LayerExchange;
import dev.reticent.model.LayerGradients;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Forward through all layers, then backward from the last.
 *
 * <p>With {@link dev.reticent.weights.Activations#KEEP} each layer's activations stay until its
 * backward pass; with {@link dev.reticent.weights.Activations#RECOMPUTE} memory holds L inputs
 * [B,T,D] and one layer's activations, and each layer is run again.
 */
final class LayerwisePass {

  private final Decoder decoder;
  private final AdapterTensors adapter;
  private final boolean weights;

  /**
   * @param weights gradients of all weights; else of the adapter
   */
  LayerwisePass(Decoder decoder, AdapterTensors adapter, boolean weights) {
    this.decoder = decoder;
    this.adapter = adapter;
    this.weights = weights;
  }

  /** Losses [B] without gradients. */
  double[] losses(MicroBatch batch) {
    try (Scope scope = new Scope()) {
      Tensor x = decoder.embed(scope, batch.ids(), adapter);
      LayerExchange exchange = decoder.exchange(scope, batch.ids(), x);
      for (int layer = 0; layer < decoder.config().layers(); layer++) {
        Tensor input = x;
        x = decoder.layerForward(scope, layer, input, batch.positions(), exchange, adapter);
        scope.free(input);
      }
      return Trainable.Gradients.wide(decoder.losses(scope, x, batch.answers(), adapter));
    }
  }

  /** Gradients by layer, then the head's, then (of all weights) the embedding table's. */
  Trainable.Gradients run(Scope scope, MicroBatch batch, boolean perExample) {
    int layers = decoder.config().layers();
    List<KeptLayer> kept = new ArrayList<>();
    Tensor x = decoder.embed(scope, batch.ids(), adapter);
    LayerExchange exchange = decoder.exchange(scope, batch.ids(), x);
    for (int layer = 0; layer < layers; layer++) {
      kept.add(decoder.layerKeep(scope, layer, x, batch.positions(), exchange, adapter));
      x = kept.get(layer).output();
    }
    HeadGradients head =
        decoder.headBackward(scope, x, batch.answers(), adapter, perExample, weights);
    scope.free(x);
    List<List<Tensor>> groups = new ArrayList<>();
    groups.add(head.parameters());
    Tensor dx = head.input();
    for (int layer = layers - 1; layer >= 0; layer--) {
      KeptLayer own = kept.get(layer);
      LayerGradients found =
          decoder.layerBackward(
              scope, layer, own, dx, batch.positions(), exchange, adapter, perExample, weights);
      own.activations().forEach(scope::free);
      scope.free(own.input());
      scope.free(dx);
      dx = found.input();
      groups.add(found.parameters());
    }
    // Layers in order, the head behind them.
    Collections.reverse(groups.subList(1, groups.size()));
    Collections.rotate(groups, -1);
    if (weights) {
      groups.add(decoder.embedBackward(scope, batch.ids(), dx, perExample));
    }
    scope.free(dx);
    return new Trainable.Gradients(head.losses(), groups);
  }
}
