package dev.reticent.weights;

import dev.reticent.api.Internal;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Tensor;
import dev.reticent.format.TensorSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * The tensors of a model's layers, each layer on the device that holds it.
 *
 * <p>In the order of {@link dev.reticent.architecture.LayerLayout}; a module's absent tensors have
 * no elements.
 */
@Internal
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
      for (TensorSpec vector : names.vectors(layer)) {
        own.add(own(source.vector(vector, home)));
      }
      for (Projection projection : Projection.of(config)) {
        TensorSpec weight = names.weight(layer, projection);
        List<Tensor> matrix =
            projection.quantizable()
                ? source.matrix(weight, projection.parts(config), home)
                : List.of(source.computed(weight, home), Tensor.absent(home), Tensor.absent(home));
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
