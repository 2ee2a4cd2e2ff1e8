package dev.reticent.model;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What layers are given beside their input while one batch goes through them: inputs of their own,
 * and keys and values of an earlier layer. Most models' layers are given nothing.
 */
public final class LayerExchange {

  private final ModelConfig config;
  private final List<Tensor> inputs;
  private final Tensor absent;

  /** Of each layer that lends them: keys and values; on the way back their gradients. */
  private final Map<Integer, List<Tensor>> keys = new HashMap<>();

  private final Map<Integer, List<Tensor>> gradients = new HashMap<>();

  LayerExchange(Decoder decoder, Scope scope, Tensor ids, Tensor embedded) {
    this.config = decoder.config();
    this.absent = scope.own(Tensor.absent(decoder.device()));
    this.inputs =
        config.architecture().layerInput().isPresent()
            ? decoder.program().call(scope, "layer_inputs", ids, embedded, decoder.weights().head())
            : List.of();
  }

  /** What a layer's forward pass takes beside its input. */
  List<Tensor> given(int layer) {
    if (inputs.isEmpty() && !config.lends(config.keyLayer(layer))) {
      return List.of();
    }
    int from = config.keyLayer(layer);
    List<Tensor> seen =
        from == layer
            ? List.of(absent, absent)
            : Objects.requireNonNull(keys.get(from), "keys that an earlier layer lends");
    return List.of(inputs.isEmpty() ? absent : inputs.get(layer), seen.get(0), seen.get(1));
  }

  /** What its backward pass takes: also the gradients of keys and values that it lent. */
  List<Tensor> givenBack(int layer) {
    List<Tensor> given = given(layer);
    List<Tensor> found = gradients.getOrDefault(layer, List.of(absent, absent));
    return given.isEmpty()
        ? given
        : List.of(given.get(0), given.get(1), given.get(2), found.get(0), found.get(1));
  }

  /** Takes keys and values that a layer lends. */
  void lend(int layer, List<Tensor> itsKeys) {
    keys.put(layer, List.copyOf(itsKeys));
  }

  /** Takes the gradients of keys and values that were given to a layer. */
  void giveBack(Decoder decoder, Scope scope, int layer, List<Tensor> found) {
    int from = config.keyLayer(layer);
    List<Tensor> before = gradients.get(from);
    gradients.put(
        from,
        before == null
            ? List.copyOf(found)
            : List.of(
                decoder.addTied(scope, before.get(0), found.get(0)),
                decoder.addTied(scope, before.get(1), found.get(1))));
  }
}
