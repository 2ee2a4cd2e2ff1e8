package dev.reticent.weights;

import dev.reticent.api.Internal;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.config.UserInputException;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Program;
import dev.reticent.engine.Tensor;
import dev.reticent.format.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A model's weights as one device sees them, in the order in which the decoder's functions read
 * them: layers that the device holds as they are, others copied when they are needed.
 */
@Internal
public final class DecoderWeights implements AutoCloseable {

  private final ComputeDevice device;
  private final HeldLayers held;
  private final List<Tensor> owned = new ArrayList<>();
  private final List<Tensor> tables;
  private final List<List<Tensor>> layers = new ArrayList<>();
  private final Optional<List<Tensor>> all;
  private final List<Tensor> head;
  private final LayerStream stream;

  /**
   * @param held borrowed; must outlive this
   */
  public DecoderWeights(
      ModelConfig config,
      WeightSource source,
      HeldLayers held,
      DecoderOptions options,
      Program program) {
    this.device = options.device();
    this.held = held;
    this.tables = tables(options.quantization());
    TensorNames names = new TensorNames(config);
    for (int layer = 0; layer < held.count(); layer++) {
      layers.add(with(here(layer) ? held.layer(layer) : List.of()));
    }
    all =
        IntStream.range(0, held.count()).allMatch(this::here)
            ? Optional.of(
                with(
                    IntStream.range(0, held.count())
                        .boxed()
                        .flatMap(layer -> held.layer(layer).stream())
                        .toList()))
            : Optional.empty();
    List<Tensor> output = new ArrayList<>(tables(options.quantization()));
    names.finalNorm().forEach(norm -> output.add(own(source.vector(norm, device))));
    if (!config.architecture().norms().factors()) {
      output.add(absent());
    }
    Tensor matrix = own(source.computed(names.head(), device));
    Tensor bias =
        config.architecture().headBias() ? own(source.vector(names.headBias(), device)) : absent();
    output.addAll(List.of(matrix, absent(), absent(), bias));
    output.add(config.tiedEmbeddings() ? matrix : own(source.computed(names.embedding(), device)));
    if (config.architecture().learnedPositions()) {
      output.add(own(source.computed(names.positions(), device)));
    }
    for (TensorSpec spec : names.layerInput()) {
      boolean vector = spec.shape().size() == 1;
      output.add(own(vector ? source.vector(spec, device) : source.computed(spec, device)));
    }
    head = output;
    stream = new LayerStream(held, program, tables, device);
  }

  /**
   * Two tables and one layer's tensors, to be closed after use.
   *
   * @param next the layer that will be needed after this one, brought over meanwhile; any other
   *     number for none
   */
  public LayerLease layer(int layer, int next) {
    // In this order, since the next one may take the place of any layer that is not leased.
    LayerLease lease =
        here(layer) ? new LayerLease(layers.get(layer), () -> {}) : stream.lease(layer);
    if (next >= 0 && next < layers.size() && !here(next)) {
      stream.prefetch(next);
    }
    return lease;
  }

  private boolean here(int layer) {
    return held.home(layer).equals(device);
  }

  /**
   * Two tables and the tensors of every layer.
   *
   * @throws UserInputException when some are held elsewhere
   */
  public List<Tensor> all() {
    return all.orElseThrow(
        () ->
            new UserInputException(
                "offload, zero_stage: tokens are generated with all layers on one device, "
                    + device
                    + "; sample without offload: host and with zero_stage below 3."));
  }

  /** Two tables, final norm, output matrix, embedding table. */
  public List<Tensor> head() {
    return head;
  }

  private List<Tensor> with(List<Tensor> tensors) {
    List<Tensor> list = new ArrayList<>(tables);
    list.addAll(tensors);
    return list;
  }

  private List<Tensor> tables(Quantization quantization) {
    if (quantization != Quantization.NF4) {
      return List.of(absent(), absent());
    }
    float[] codes = Nf4.values();
    float[] pairs = new float[512];
    for (int b = 0; b < 256; b++) {
      pairs[2 * b] = codes[b >> 4];
      pairs[2 * b + 1] = codes[b & 15];
    }
    return List.of(
        own(Tensor.of(device, pairs, 256, 2)), own(Tensor.of(device, Nf4.scaleValues(), 256)));
  }

  private Tensor absent() {
    return own(Tensor.absent(device));
  }

  private Tensor own(Tensor tensor) {
    owned.add(tensor);
    return tensor;
  }

  @Override
  public void close() {
    stream.close();
    owned.forEach(Tensor::close);
  }
}
