package dev.reticent.weights;

import dev.reticent.architecture.LayerLayout;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.config.UserInputException;
import dev.reticent.format.Safetensors;
import dev.reticent.format.StoredTensor;
import dev.reticent.format.TensorSpec;
import java.util.ArrayList;
import java.util.List;

/** The tensors a checkpoint of a given shape must hold, by Hugging Face name. */
public record TensorNames(ModelConfig config) {

  /** Token embedding [vocabulary, hidden]. */
  public TensorSpec embedding() {
    return TensorSpec.of(
        config.paths().body() + config.paths().embedding() + ".weight",
        config.vocabSize(),
        config.hiddenSize());
  }

  /** Output head [vocabulary, hidden]; the embedding itself where they are tied. */
  public TensorSpec head() {
    return config.tiedEmbeddings()
        ? embedding()
        : TensorSpec.of(config.paths().head() + ".weight", config.vocabSize(), config.hiddenSize());
  }

  /** Bias of the output head [vocabulary], in models that have one. */
  public TensorSpec headBias() {
    return TensorSpec.of(config.paths().head() + ".bias", config.vocabSize());
  }

  /** The last norm: its factors [hidden], and its bias [hidden] in models whose norms have one. */
  public List<TensorSpec> finalNorm() {
    String name = config.paths().body() + config.paths().finalNorm();
    return config.architecture().norms().bias()
        ? List.of(
            TensorSpec.of(name + ".weight", config.hiddenSize()),
            TensorSpec.of(name + ".bias", config.hiddenSize()))
        : List.of(TensorSpec.of(name + ".weight", config.hiddenSize()));
  }

  /** What a layer has beside its linear maps, in order. */
  public List<TensorSpec> vectors(int layer) {
    return new LayerLayout(config)
        .vectors().stream()
            .map(v -> new TensorSpec(config.paths().stored(layer, v.name()), v.shape()))
            .toList();
  }

  /** Weight of a projection [out, in]. */
  public TensorSpec weight(int layer, Projection projection) {
    return TensorSpec.of(
        projection.stored(config, layer) + ".weight",
        projection.out(config),
        projection.in(config));
  }

  /** Bias of a projection [out], where {@link Projection#biased}. */
  public TensorSpec bias(int layer, Projection projection) {
    return TensorSpec.of(projection.stored(config, layer) + ".bias", projection.out(config));
  }

  /** The tensors of one layer. */
  public List<TensorSpec> layer(int layer) {
    List<TensorSpec> specs = new ArrayList<>(vectors(layer));
    for (Projection projection : Projection.of(config)) {
      specs.add(weight(layer, projection));
      if (projection.biased(config)) {
        specs.add(bias(layer, projection));
      }
    }
    return specs;
  }

  /** Every tensor of the model: embedding, layers, last norm, and the head if not tied. */
  public List<TensorSpec> all() {
    List<TensorSpec> specs = new ArrayList<>();
    specs.add(embedding());
    for (int i = 0; i < config.layers(); i++) {
      specs.addAll(layer(i));
    }
    specs.addAll(finalNorm());
    if (!config.tiedEmbeddings()) {
      specs.add(head());
    }
    if (config.architecture().headBias()) {
      specs.add(headBias());
    }
    return specs;
  }

  /**
   * Holds a checkpoint against the expected names and shapes.
   *
   * @throws UserInputException naming every missing tensor and every wrong shape or type at once
   */
  public void check(Safetensors weights) {
    List<String> problems = new ArrayList<>();
    for (TensorSpec spec : all()) {
      if (!weights.contains(spec.name())) {
        problems.add(spec.name() + ": missing, expected shape " + spec.shape());
        continue;
      }
      StoredTensor tensor = weights.tensor(spec.name());
      if (!tensor.shape().equals(spec.shape())) {
        problems.add(
            spec.name()
                + ": expected shape "
                + spec.shape()
                + ", found "
                + tensor.shape()
                + " in "
                + tensor.file().getFileName());
      }
      switch (tensor.dtype()) {
        case F32, F16, BF16 -> {}
        default ->
            problems.add(spec.name() + ": expected type F32, F16 or BF16, found " + tensor.dtype());
      }
    }
    if (!problems.isEmpty()) {
      throw new UserInputException(
          weights.source()
              + ": the weights do not fit config.json ("
              + problems.size()
              + " of "
              + all().size()
              + " tensors):\n  "
              + String.join("\n  ", problems));
    }
  }
}
