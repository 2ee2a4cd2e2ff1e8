package dev.reticent.model;

import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Tensor;
import dev.reticent.engine.TensorList;
import java.util.ArrayList;
import java.util.List;

/** A model's weights on a device, in the order in which the decoder's functions read them. */
final class DecoderWeights implements AutoCloseable {

  private final List<TensorList> layers = new ArrayList<>();
  private final TensorList all;
  private final TensorList head;
  private final List<Tensor> owned = new ArrayList<>();
  private final DecoderOptions options;

  DecoderWeights(ModelConfig config, WeightSource source, DecoderOptions options) {
    this.options = options;
    TensorNames names = new TensorNames(config);
    List<Tensor> tables = tables();
    List<Tensor> everything = new ArrayList<>(tables);
    for (int layer = 0; layer < config.layers(); layer++) {
      List<Tensor> own = new ArrayList<>();
      own.add(own(source.vector(names.attentionNorm(layer))));
      own.add(own(source.vector(names.feedForwardNorm(layer))));
      own.add(config.queryKeyNorm() ? own(source.vector(names.queryNorm(layer))) : absent());
      own.add(config.queryKeyNorm() ? own(source.vector(names.keyNorm(layer))) : absent());
      for (Projection projection : Projection.of(config)) {
        List<Tensor> matrix = source.matrix(names.weight(layer, projection));
        owned.addAll(matrix);
        own.addAll(matrix);
        own.add(
            projection.biased(config)
                ? own(source.vector(names.bias(layer, projection)))
                : absent());
      }
      everything.addAll(own);
      own.addAll(0, tables);
      layers.add(new TensorList("w", own));
    }
    all = new TensorList("w", everything);
    List<Tensor> output = new ArrayList<>(tables());
    output.add(own(source.vector(names.finalNorm())));
    Tensor matrix = own(source.computed(names.head()));
    output.addAll(List.of(matrix, absent(), absent(), absent()));
    output.add(config.tiedEmbeddings() ? matrix : own(source.computed(names.embedding())));
    head = new TensorList("hw", output);
  }

  /** Two tables and one layer's tensors. */
  TensorList layer(int layer) {
    return layers.get(layer);
  }

  /** Two tables and the tensors of every layer. */
  TensorList all() {
    return all;
  }

  /** Two tables, final norm, output matrix, embedding table. */
  TensorList head() {
    return head;
  }

  private List<Tensor> tables() {
    if (options.quantization() != Quantization.NF4) {
      return List.of(absent(), absent());
    }
    float[] codes = Nf4.values();
    float[] pairs = new float[512];
    for (int b = 0; b < 256; b++) {
      pairs[2 * b] = codes[b >> 4];
      pairs[2 * b + 1] = codes[b & 15];
    }
    return List.of(
        own(Tensor.of(device(), pairs, 256, 2)), own(Tensor.of(device(), Nf4.scaleValues(), 256)));
  }

  private ComputeDevice device() {
    return options.device();
  }

  private Tensor absent() {
    return own(Tensor.absent(device()));
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
