package dev.reticent.weights;

import dev.reticent.api.Internal;
import dev.reticent.architecture.LayerLayout;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.EngineFailure;
import dev.reticent.engine.Program;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.format.TensorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The tensors of a model's layers, each layer on the device that holds it.
 *
 * <p>In the order of {@link dev.reticent.architecture.LayerLayout}; a module's absent tensors have
 * no elements, nor has any tensor of a module that the layer does not have.
 */
@Internal
public final class HeldLayers implements AutoCloseable {

  /** Beyond so many, the way to the card is what takes the time. */
  private static final int MOST_AT_ONCE = 8;

  private final List<ComputeDevice> homes;
  private final List<List<Tensor>> layers = new ArrayList<>();
  private final List<Tensor> owned = new ArrayList<>();

  /**
   * @param homes the device of each layer
   */
  public HeldLayers(ModelConfig config, WeightSource source, List<ComputeDevice> homes) {
    this(config, source, homes, homes.stream().allMatch(ComputeDevice::onHost) ? 1 : atOnce());
  }

  /**
   * @param atOnce matrices that are read and quantized side by side
   */
  HeldLayers(ModelConfig config, WeightSource source, List<ComputeDevice> homes, int atOnce) {
    this.homes = List.copyOf(homes);
    TensorNames names = new TensorNames(config);
    List<List<Loading.Matrix>> matrices = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      ComputeDevice home = homes.get(layer);
      List<Loading.Matrix> own = new ArrayList<>();
      for (Projection projection : Projection.of(config)) {
        int number = layer;
        own.add(
            new Loading.Matrix(
                () ->
                    projection.isIn(config, number)
                        ? matrix(config, source, projection, names.weight(number, projection), home)
                        : none(home)));
      }
      matrices.add(own);
    }
    try (Loading loading = new Loading(matrices.stream().flatMap(List::stream).toList(), atOnce)) {
      for (int layer = 0; layer < config.layers(); layer++) {
        layers.add(layer(config, source, names, layer, loading, matrices.get(layer)));
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** As many as cores are worth, and room there is in the heap for matrices of a large model. */
  private static int atOnce() {
    Runtime here = Runtime.getRuntime();
    long room = here.maxMemory() / (1L << 30);
    return (int) Math.max(1, Math.min(MOST_AT_ONCE, Math.min(here.availableProcessors(), room)));
  }

  private List<Tensor> layer(
      ModelConfig config,
      WeightSource source,
      TensorNames names,
      int layer,
      Loading loading,
      List<Loading.Matrix> matrices) {
    ComputeDevice home = homes.get(layer);
    List<Tensor> own = new ArrayList<>();
    for (LayerLayout.Vector vector : new LayerLayout(config).vectors(layer)) {
      own.add(
          own(
              vector.isIn(config, layer)
                  ? source.vector(names.vector(layer, vector), home)
                  : Tensor.absent(home)));
    }
    List<Projection> projections = Projection.of(config);
    for (int p = 0; p < projections.size(); p++) {
      List<Tensor> matrix = loading.take(matrices.get(p));
      owned.addAll(matrix);
      own.addAll(matrix);
      own.add(
          own(
              projections.get(p).isIn(config, layer) && projections.get(p).biased(config, layer)
                  ? source.vector(names.bias(layer, projections.get(p)), home)
                  : Tensor.absent(home)));
    }
    return own;
  }

  private static List<Tensor> matrix(
      ModelConfig config,
      WeightSource source,
      Projection projection,
      TensorSpec weight,
      ComputeDevice home) {
    return projection.quantizable()
        ? source.matrix(weight, projection.parts(config), home)
        : List.of(source.computed(weight, home), Tensor.absent(home), Tensor.absent(home));
  }

  /** In the place of a matrix that a layer does not have. */
  private static List<Tensor> none(ComputeDevice home) {
    return List.of(Tensor.absent(home), Tensor.absent(home), Tensor.absent(home));
  }

  /**
   * Moves the layers to where a card can copy from by itself; those that find no room there stay.
   *
   * @param program the decoder's functions
   */
  public void pin(Program program) {
    for (List<Tensor> layer : layers) {
      layer.replaceAll(tensor -> isAbsent(tensor) ? tensor : pinned(program, tensor));
    }
  }

  private static boolean isAbsent(Tensor tensor) {
    return Arrays.stream(tensor.shape()).anyMatch(size -> size == 0);
  }

  private Tensor pinned(Program program, Tensor tensor) {
    try (Scope scope = new Scope()) {
      Tensor pinned = scope.release(program.call(scope, "pinned", tensor).get(0));
      owned.set(owned.indexOf(tensor), pinned);
      tensor.close();
      return pinned;
    } catch (EngineFailure e) {
      return tensor;
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
