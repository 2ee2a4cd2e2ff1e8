package dev.reticent.weights;

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
    return TensorSpec.of("model.embed_tokens.weight", config.vocabSize(), config.hiddenSize());
  }

  /** Output head [vocabulary, hidden]; the embedding itself where they are tied. */
  public TensorSpec head() {
    return config.tiedEmbeddings()
        ? embedding()
        : TensorSpec.of("lm_head.weight", config.vocabSize(), config.hiddenSize());
  }

  /** Scale of the last RMSNorm [hidden]. */
  public TensorSpec finalNorm() {
    return TensorSpec.of("model.norm.weight", config.hiddenSize());
  }

  /** Scale of the RMSNorm before attention [hidden]. */
  public TensorSpec attentionNorm(int layer) {
    return TensorSpec.of("model.layers." + layer + ".input_layernorm.weight", config.hiddenSize());
  }

  /** Scale of the RMSNorm before the feed-forward part [hidden]. */
  public TensorSpec feedForwardNorm(int layer) {
    return TensorSpec.of(
        "model.layers." + layer + ".post_attention_layernorm.weight", config.hiddenSize());
  }

  /** Scale of the per-head RMSNorm of queries [headDim], in models that have one. */
  public TensorSpec queryNorm(int layer) {
    return TensorSpec.of("model.layers." + layer + ".self_attn.q_norm.weight", config.headDim());
  }

  /** Scale of the per-head RMSNorm of keys [headDim], in models that have one. */
  public TensorSpec keyNorm(int layer) {
    return TensorSpec.of("model.layers." + layer + ".self_attn.k_norm.weight", config.headDim());
  }

  /** Weight of a projection [out, in]. */
  public TensorSpec weight(int layer, Projection projection) {
    return TensorSpec.of(
        projection.path(layer) + ".weight", projection.out(config), projection.in(config));
  }

  /** Bias of a projection [out], where {@link Projection#biased}. */
  public TensorSpec bias(int layer, Projection projection) {
    return TensorSpec.of(projection.path(layer) + ".bias", projection.out(config));
  }

  /** The tensors of one layer. */
  public List<TensorSpec> layer(int layer) {
    List<TensorSpec> specs = new ArrayList<>();
    specs.add(attentionNorm(layer));
    specs.add(feedForwardNorm(layer));
    if (config.queryKeyNorm()) {
      specs.add(queryNorm(layer));
      specs.add(keyNorm(layer));
    }
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
    specs.add(finalNorm());
    if (!config.tiedEmbeddings()) {
      specs.add(head());
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
