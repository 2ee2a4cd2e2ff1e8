package dev.reticent.weights;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The tensors of a model's layers, each layer on the device that holds it.
 *
 * <p>Of a layer: four norms, then data, scale, extra and bias of each linear module; absent ones
 * have no elements.
 */
public final class HeldLayers implements AutoCloseable {

  private final List<ComputeDevice> homes;
  private final List<List<Tensor>> layers = new ArrayList<>();
  private final List<Tensor> owned = new ArrayList<>();

  /**
   * @param homes the device of each layer
   */
  public HeldLayers(ModelConfig config, WeightSource source, List<ComputeDevice> homes) {
    this.homes = List.copyOf(homes);
    TensorNames names = new TensorNames(config);
    for (int layer = 0; layer < config.layers(); layer++) {
      ComputeDevice home = homes.get(layer);
      List<Tensor> own = new ArrayList<>();
      layers.add(own);
      own.add(own(source.vector(names.attentionNorm(layer), home)));
      own.add(own(source.vector(names.feedForwardNorm(layer), home)));
      boolean normed = config.queryKeyNorm();
      own.add(own(normed ? source.vector(names.queryNorm(layer), home) : Tensor.absent(home)));
      own.add(own(normed ? source.vector(names.keyNorm(layer), home) : Tensor.absent(home)));
      for (Projection projection : Projection.of(config)) {
        List<Tensor> matrix = source.matrix(names.weight(layer, projection), home);
        owned.addAll(matrix);
        own.addAll(matrix);
        own.add(
            own(
                projection.biased(config)
                    ? source.vector(names.bias(layer, projection), home)
                    : Tensor.absent(home)));
      }
    }
  }

  /** The device that holds a layer. */
  ComputeDevice home(int layer) {
    return homes.get(layer);
  }

  /** A layer's tensors, where they are held. */
  List<Tensor> layer(int layer) {
    return layers.get(layer);
  }

  int count() {
    return layers.size();
  }

  private Tensor own(Tensor tensor) {
    owned.add(tensor);
    return tensor;
  }

  @Override
  public void close() {
    owned.forEach(Tensor::close);
  }
}
