package dev.reticent.architecture;

import dev.reticent.architecture.Architecture.Attention;
import dev.reticent.architecture.Architecture.Linear;
import dev.reticent.architecture.Architecture.Norms;
import dev.reticent.architecture.Architecture.QueryKeyNorm;
import dev.reticent.architecture.Architecture.Scales;
import dev.reticent.format.JsonFields;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * A model's description while its family's reader fills it in. {@link #llama} fills in a Llama;
 * most readers begin with it and change what their family does otherwise.
 */
final class Blueprint {

  /** The config, or the text part of a multimodal one. */
  final JsonFields json;

  int hidden;
  int intermediate;
  int layers;
  int heads;
  int kvHeads;
  int headDim;
  int maxPositions;
  boolean tied;
  boolean headBias;
  boolean transposed;
  boolean learnedPositions;
  int defaultHeadDim;
  int defaultIntermediate;
  double defaultEpsilon = 1e-6;
  boolean defaultTied;
  TensorPaths paths = TensorPaths.LLAMA;

  /** What Python calls the text part of a multimodal model. */
  String textPart = "model.language_model.";

  double epsilon;
  boolean centred;
  boolean normOffset;
  boolean normFloat32;
  boolean normBias;
  boolean normFactors = true;
  final Map<NormPlace, String> norms = new EnumMap<>(NormPlace.class);
  final Map<Projection, Linear> modules = new EnumMap<>(Projection.class);
  final Map<Projection, Linear> withoutExperts = new EnumMap<>(Projection.class);
  final Map<Projection, Linear> otherwise = new EnumMap<>(Projection.class);
  Activation activation = Activation.SILU;
  boolean parallel;
  QueryKeyNorm queryKeyNorm = QueryKeyNorm.EACH_HEAD;
  double attentionScale;
  double attentionCap;
  boolean adjacentPairs;
  boolean byGroup;
  boolean sinks;
  boolean gatedAttention;
  boolean chunked;
  boolean valuesNormed;
  boolean layerScaled;
  Optional<LayerInput> layerInput = Optional.empty();
  Optional<LatentAttention> latent = Optional.empty();
  Optional<DeltaRule> delta = Optional.empty();
  double clip;
  Optional<Mixture> mixture = Optional.empty();
  double embeddingScale = 1;
  double residualScale = 1;
  double logitScale = 1;
  double logitCap;

  List<RopeSettings> ropes = List.of();
  List<Integer> turns = List.of();
  List<Integer> windows = List.of();

  /** For each layer; none where all are alike. */
  List<LayerShape> shapes = List.of();

  /** For each layer; none where all have attention. */
  List<Mixer> mixers = List.of();

  QueryReach reach = QueryReach.NONE;
  List<Integer> defaultEosTokenIds = List.of();
  int defaultBosTokenId = -1;

  Blueprint(JsonFields json) {
    this.json = json;
  }

  /**
   * A Llama of the config's sizes, with pre-norms, separate projections and no biases.
   *
   * @param positions the longest sequence where the config does not say
   */
  void llama(int positions) {
    sizes(positions);
    epsilon = json.number("rms_norm_eps", defaultEpsilon);
    norms.put(NormPlace.INPUT, "input_layernorm");
    norms.put(NormPlace.FEED_FORWARD, "post_attention_layernorm");
    separateAttention();
    linear(Projection.GATE, "mlp.gate_proj", false);
    linear(Projection.UP, "mlp.up_proj", false);
    linear(Projection.DOWN, "mlp.down_proj", false);
    activation = Activation.read(json, "hidden_act", Activation.SILU);
    windows = Collections.nCopies(layers, 0);
  }

  /** Sizes under their usual keys. */
  private void sizes(int positions) {
    hidden = json.positive("hidden_size");
    heads = json.positive("num_attention_heads");
    kvHeads = keyValueHeads();
    headDim = headSize();
    layers = json.positive("num_hidden_layers");
    maxPositions = json.positive("max_position_embeddings", positions);
    intermediate =
        defaultIntermediate > 0
            ? json.positive("intermediate_size", defaultIntermediate)
            : json.positive("intermediate_size");
    tied = json.flag("tie_word_embeddings", defaultTied);
  }

  /** Another name of a map without bias that checkpoints may have: as the library calls it. */
  void orNamed(Projection projection, String name) {
    otherwise.put(projection, new Linear(name, false));
  }

  void separateAttention() {
    linear(Projection.Q, "self_attn.q_proj", false);
    linear(Projection.K, "self_attn.k_proj", false);
    linear(Projection.V, "self_attn.v_proj", false);
    linear(Projection.O, "self_attn.o_proj", false);
  }

  void linear(Projection projection, String name, boolean bias) {
    modules.put(projection, new Linear(name, bias));
  }

  /** Gives some maps a bias or none. */
  void bias(boolean bias, Projection... projections) {
    for (Projection projection : projections) {
      modules.computeIfPresent(projection, (p, linear) -> new Linear(linear.name(), bias));
    }
  }

  /** Gives some maps a bias if the config says so. */
  void biases(String key, boolean absent, Projection... projections) {
    bias(json.flag(key, absent), projections);
  }

  /** Gate and up become one matrix. */
  void fuseGateAndUp() {
    modules.remove(Projection.GATE);
    modules.remove(Projection.UP);
    modules.remove(Projection.DOWN);
    linear(Projection.GATE_UP, "mlp.gate_up_proj", false);
    linear(Projection.DOWN, "mlp.down_proj", false);
  }

  /** LayerNorm takes RMSNorm's places. */
  void layerNorm(double itsEpsilon, boolean bias) {
    epsilon = itsEpsilon;
    centred = true;
    normFloat32 = true;
    normBias = bias;
  }

  /** Which token begins a text, and which end one, where neither config says. */
  void ids(int begin, Integer... ends) {
    defaultBosTokenId = begin;
    defaultEosTokenIds = List.of(ends);
  }

  /** The length of windows; {@code null} and 0 mean none. */
  int window(int absent) {
    if (!json.keys().contains("sliding_window")) {
      return absent;
    }
    boolean none = !json.has("sliding_window") || json.integer("sliding_window") == 0;
    return none ? 0 : json.positive("sliding_window");
  }

  /** Every layer. */
  List<Boolean> all() {
    return Collections.nCopies(layers, true);
  }

  /** No layer. */
  List<Boolean> none() {
    return Collections.nCopies(layers, false);
  }

  /** Every layer but the first of each {@code count}. */
  List<Boolean> everyButFirstOf(int count) {
    return IntStream.range(0, layers).mapToObj(i -> i % count != 0).toList();
  }

  /** Every layer but the last of each {@code count}. */
  List<Boolean> everyButLastOf(int count) {
    return IntStream.range(0, layers).mapToObj(i -> (i + 1) % count != 0).toList();
  }

  /**
   * The rotations of layers that see all, and of layers with windows, where these differ: as {@code
   * rope_parameters} has them by layer type, or with all other keys for the former alone.
   */
  List<RopeSettings> ropesByLayerType(RopeSettings.Reading full, RopeSettings.Reading sliding) {
    JsonFields section = RopeSettings.section(json);
    boolean byType = section.isObject("full_attention") || section.isObject("sliding_attention");
    if (!byType) {
      return List.of(
          RopeSettings.read(section, json, full, headDim, maxPositions),
          RopeSettings.plain(sliding, headDim));
    }
    return List.of(
        rope("full_attention", full, headDim), rope("sliding_attention", sliding, headDim));
  }

  /** The rotation of layers of one type, whose heads are of a size. */
  RopeSettings rope(String type, RopeSettings.Reading reading, int size) {
    JsonFields section = RopeSettings.section(json);
    return section.isObject(type)
        ? RopeSettings.read(section.object(type), json, reading, size, maxPositions)
        : RopeSettings.plain(reading, size);
  }

  /** Norms of each head of queries and keys, before they turn. */
  void normHeads() {
    norms.put(NormPlace.QUERY, "self_attn.q_norm");
    norms.put(NormPlace.KEY, "self_attn.k_norm");
  }

  /** One rotation for all layers. */
  void rope(RopeSettings.Reading reading) {
    ropes = List.of(RopeSettings.read(json, reading, headDim, maxPositions));
    turns = Collections.nCopies(layers, 0);
  }

  /**
   * The layers that {@code layer_types} calls sliding look back over {@code window} tokens.
   *
   * @param absent whether each layer slides where the config does not say
   */
  void slide(int window, List<Boolean> absent) {
    List<Boolean> sliding = slidingLayers(absent);
    boolean named = json.has("layer_types");
    List<Integer> found = new ArrayList<>();
    for (boolean slides : sliding) {
      if (slides && window == 0 && named) {
        throw json.wrong(
            "layer_types",
            "full_attention only, since use_sliding_window or sliding_window is off");
      }
      found.add(slides ? window : 0);
    }
    windows = found;
  }

  /** For each layer whether {@code layer_types} says that it slides. */
  List<Boolean> slidingLayers(List<Boolean> absent) {
    List<String> types = json.texts("layer_types");
    if (types.isEmpty()) {
      return absent;
    }
    if (types.size() != layers) {
      throw json.wrong("layer_types", "one for each of the " + layers + " layers");
    }
    return types.stream().map(this::slides).toList();
  }

  private boolean slides(String type) {
    return switch (type) {
      case "full_attention" -> false;
      case "sliding_attention" -> true;
      default -> throw json.wrong("layer_types", "full_attention or sliding_attention for each");
    };
  }

  private int keyValueHeads() {
    int found = json.positive("num_key_value_heads", heads);
    if (heads % found != 0) {
      throw json.wrong("num_key_value_heads", "a divisor of num_attention_heads (" + heads + ")");
    }
    return found;
  }

  private int headSize() {
    if (json.has("head_dim")) {
      return json.positive("head_dim");
    }
    if (defaultHeadDim > 0) {
      return defaultHeadDim;
    }
    if (hidden % heads != 0) {
      throw json.wrong("hidden_size", "a multiple of num_attention_heads (" + heads + ")");
    }
    return hidden / heads;
  }

  /**
   * For a key whose default in the family's implementation is a number of one model, not a rule; a
   * null stands for the rule.
   */
  void require(String key) {
    if (!json.keys().contains(key)) {
      throw json.wrong(key, "a number or null: without it each model would be taken for the first");
    }
  }

  /** Queries, keys and values are kept within what {@code clip_qkv} says, if it says anything. */
  void clip() {
    clip = json.number("clip_qkv", 0);
    if (clip < 0) {
      throw json.wrong("clip_qkv", "a number above 0, or null");
    }
  }

  /** A number that {@code null} turns off. */
  double orOff(String key, double absent) {
    return json.keys().contains(key) ? json.number(key, 0) : absent;
  }

  /** What all layers have that are alike. */
  LayerShape shape() {
    return new LayerShape(kvHeads, headDim, intermediate, mixture.isPresent());
  }

  ModelConfig build(Family family, List<Integer> eosTokenIds, OptionalInt bosTokenId) {
    Architecture architecture =
        new Architecture(
            new Norms(epsilon, centred, normOffset, normFloat32, normBias, normFactors, norms),
            modules,
            withoutExperts,
            new Attention(
                queryKeyNorm,
                attentionScale,
                attentionCap,
                adjacentPairs,
                byGroup,
                sinks,
                gatedAttention,
                chunked,
                valuesNormed,
                clip),
            activation,
            new Scales(embeddingScale, residualScale, logitScale, logitCap),
            parallel,
            headBias,
            transposed,
            learnedPositions,
            layerScaled,
            layerInput,
            latent,
            delta,
            mixture);
    return new ModelConfig(
        family,
        architecture,
        paths,
        json.positive("vocab_size"),
        hidden,
        layers,
        heads,
        shapes.isEmpty() ? Collections.nCopies(layers, shape()) : shapes,
        ropes,
        turns,
        windows,
        mixers.isEmpty() ? Collections.nCopies(layers, Mixer.ATTENTION) : mixers,
        reach,
        tied,
        maxPositions,
        eosTokenIds,
        bosTokenId);
  }
}
