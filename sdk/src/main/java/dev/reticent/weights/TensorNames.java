package dev.reticent.weights;

import dev.reticent.api.Internal;
import dev.reticent.architecture.LayerLayout;
import dev.reticent.architecture.LayerShape;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.config.UserInputException;
import dev.reticent.format.Safetensors;
import dev.reticent.format.StoredTensor;
import dev.reticent.format.TensorSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The tensors a checkpoint of a given shape must hold, by Hugging Face name. */
@Internal
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

  /** The table of learned positions [positions, hidden], in models that have one. */
  public TensorSpec positions() {
    return TensorSpec.of(
        config.paths().body() + config.paths().positions() + ".weight",
        config.maxPositions(),
        config.hiddenSize());
  }

  /** What gives each layer an input of its own: table, projection and norm, in models with them. */
  public List<TensorSpec> layerInput() {
    return config.architecture().layerInput().stream()
        .flatMap(
            given -> {
              String body = config.paths().body();
              long all = (long) config.layers() * given.size();
              return Stream.of(
                  TensorSpec.of(body + given.table() + ".weight", given.vocabulary(), all),
                  TensorSpec.of(body + given.projection() + ".weight", all, config.hiddenSize()),
                  TensorSpec.of(body + given.norm() + ".weight", given.size()));
            })
        .toList();
  }

  /** Bias of the output head [vocabulary], in models that have one. */
  public TensorSpec headBias() {
    return TensorSpec.of(config.paths().head() + ".bias", config.vocabSize());
  }

  /**
   * The last norm: its factors [hidden], and its bias [hidden] in models whose norms have one;
   * nothing in models whose norms have no factors.
   */
  public List<TensorSpec> finalNorm() {
    String name = config.paths().body() + config.paths().finalNorm();
    if (!config.architecture().norms().factors()) {
      return List.of();
    }
    return config.architecture().norms().bias()
        ? List.of(
            TensorSpec.of(name + ".weight", config.hiddenSize()),
            TensorSpec.of(name + ".bias", config.hiddenSize()))
        : List.of(TensorSpec.of(name + ".weight", config.hiddenSize()));
  }

  /** What a layer has beside its linear maps, in order. */
  public List<TensorSpec> vectors(int layer) {
    return new LayerLayout(config)
        .vectors(layer).stream()
            .filter(v -> v.isIn(config, layer))
            .map(v -> vector(layer, v))
            .toList();
  }

  /** One of these. */
  TensorSpec vector(int layer, LayerLayout.Vector vector) {
    return new TensorSpec(config.paths().stored(layer, vector.name()), vector.shape());
  }

  /** Weight of a projection [out, in]. */
  public TensorSpec weight(int layer, Projection projection) {
    String name = projection.stored(config, layer);
    return TensorSpec.of(
        projection.ofExperts() ? name : name + ".weight",
        projection.out(config, layer),
        projection.in(config, layer));
  }

  /** Bias of a projection [out], or [experts, out], where {@link Projection#biased}. */
  public TensorSpec bias(int layer, Projection projection) {
    if (projection.ofExperts()) {
      long experts = config.mixture().experts();
      return TensorSpec.of(
          projection.stored(config, layer) + "_bias",
          experts,
          projection.out(config, layer) / experts);
    }
    return TensorSpec.of(projection.stored(config, layer) + ".bias", projection.out(config, layer));
  }

  /** The tensors of one layer. */
  public List<TensorSpec> layer(int layer) {
    List<TensorSpec> specs = new ArrayList<>(vectors(layer));
    for (Projection projection : Projection.of(config, layer)) {
      specs.add(weight(layer, projection));
      if (projection.biased(config, layer)) {
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
    if (config.architecture().learnedPositions()) {
      specs.add(positions());
    }
    specs.addAll(layerInput());
    return specs;
  }

  /**
   * Opens a folder's weights, each as the model has it, and holds them against names and shapes.
   */
  public Safetensors open(Path folder) {
    Safetensors files = Safetensors.open(folder);
    try {
      files.transpose(transposed());
      new ExpertTensors(config).gather(files);
      check(files);
      return files;
    } catch (RuntimeException e) {
      files.close();
      throw e;
    }
  }

  /** The matrices that checkpoints hold with rows for columns. */
  public Set<String> transposed() {
    Set<String> names = new LinkedHashSet<>();
    if (config.architecture().transposed()) {
      for (int layer = 0; layer < config.layers(); layer++) {
        for (Projection projection : Projection.of(config, layer)) {
          names.add(weight(layer, projection).name());
        }
      }
    }
    return names;
  }

  /**
   * Holds a checkpoint against the expected names and shapes.
   *
   * @throws UserInputException naming every missing tensor, every wrong shape or type, and every
   *     tensor of a layer that would not be used, at once
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
        case F64, F32, F16, BF16, F8_E4M3 -> {}
        default ->
            problems.add(
                spec.name()
                    + ": expected type F64, F32, F16, BF16 or F8_E4M3, found "
                    + tensor.dtype());
      }
    }
    problems.addAll(unused(weights));
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

  /**
   * Tensors of the model's own layers and output that it does not know: to leave them out would
   * change the result in silence. Those of other parts, such as a multimodal model's, are none of
   * these.
   */
  private List<String> unused(Safetensors weights) {
    Set<String> expected =
        all().stream().map(TensorSpec::name).collect(Collectors.toCollection(HashSet::new));
    List<String> problems = new ArrayList<>();
    for (String name : weights.names()) {
      if (!expected.contains(name) && isOwn(name) && !isBuffer(name) && !isIdle(name)) {
        problems.add(name + ": not expected; a model that ignored it would compute something else");
      }
    }
    return problems;
  }

  /**
   * Says which layers a checkpoint has beyond those of the model, as where a number in {@code
   * config.json} is too small, or where they are of a head that predicts further tokens.
   */
  public Optional<String> layersBeyond(Path folder, Safetensors weights) {
    String first = config.paths().stored(config.layers(), "");
    long count = weights.names().stream().filter(name -> name.startsWith(first)).count();
    return count == 0
        ? Optional.empty()
        : Optional.of(
            folder
                + ": "
                + first
                + "* and what follows are not used; the model has num_hidden_layers "
                + config.layers()
                + " in config.json");
  }

  private boolean isOwn(String name) {
    for (int layer = 0; layer < config.layers(); layer++) {
      if (name.startsWith(config.paths().stored(layer, ""))) {
        return true;
      }
    }
    return name.equals(config.paths().head() + ".bias");
  }

  /** Keys and values that a layer would have, did it not see those of an earlier one. */
  private boolean isIdle(String name) {
    return IntStream.range(0, config.layers())
        .filter(layer -> config.shape(layer).keys() == LayerShape.Keys.OF_ANOTHER)
        .mapToObj(layer -> config.paths().stored(layer, "self_attn."))
        .anyMatch(name.replaceFirst("[kv]_(proj|norm)\\.\\w+$", "")::equals);
  }

  /** What old checkpoints hold beside weights: tables and masks, and scales of 8-bit weights. */
  private static boolean isBuffer(String name) {
    return name.endsWith("inv_freq")
        || name.endsWith(".attn.bias")
        || name.endsWith(".attention.bias")
        || name.endsWith("masked_bias")
        || name.endsWith("_scale")
        || name.endsWith("_scale_inv");
  }
}
