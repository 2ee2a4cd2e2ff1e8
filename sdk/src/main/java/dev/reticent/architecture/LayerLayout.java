package dev.reticent.architecture;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Where everything stands in the flat lists that the decoder's script takes: the one place that
 * knows the order. The script sees it as constants.
 *
 * <p>Weights: {@link #TABLES} tables, then for each layer its vectors and {@link #MODULE_TENSORS}
 * tensors of each linear module. Adapters: {@link #ADAPTER_TENSORS} of each module. The head:
 * tables, the last norm, the output matrix as a module, the embedding table.
 */
public record LayerLayout(ModelConfig config) {

  /** Tensors before the first layer: what NF4's bytes and scales stand for. */
  public static final int TABLES = 2;

  /** Tensors of a linear module: data, scale, extra, bias. */
  public static final int MODULE_TENSORS = 4;

  /** The tensors of a module's adapter, in order; any may be absent. */
  public enum AdapterPart {
    /** A [r, in]. */
    A(0, "a"),
    /** B [out, r]. */
    B(1, "b"),
    /** The factor s. */
    SCALE(2, "s"),
    /** What dropout leaves out in training. */
    DROP(3, "drop"),
    /** DoRA's magnitude over its norm [out]. */
    GAIN(4, "gain"),
    /** One over that norm [out]. */
    OVER_NORM(5, "over_norm"),
    /** What is added to the bias [out]. */
    SHIFT(6, "shift");

    private final int place;
    private final String name;

    AdapterPart(int place, String name) {
      this.place = place;
      this.name = name;
    }

    /** Where it stands among the tensors of its module. */
    public int place() {
      return place;
    }
  }

  /** Tensors of a module's adapter. */
  public static final int ADAPTER_TENSORS = AdapterPart.values().length;

  /** Tensors that say how positions turn: cosines, sines, the queries' reach. */
  public static final int TURN_TENSORS = 3;

  /** Tensors of {@link LayerInput} behind the embedding table: table, projection, norm. */
  private static final int LAYER_INPUT_TENSORS = 3;

  /** Slots that only some models have, beside the norms. */
  private static final List<String> SLOTS =
      List.of(
          "alpha_right",
          "alpha_left",
          "beta",
          "least",
          "sinks",
          "correction",
          "convolution",
          "decay",
          "decay_bias",
          "read_norm",
          "layer_scale",
          "router_scale",
          "expert_scale");

  /** What a layer keeps for its backward pass, in order, before the low-rank parts. */
  private static final List<String> KEPT =
      List.of(
          "query",
          "key",
          "value",
          "attended",
          "routing",
          "projected_query",
          "projected_key",
          "projected_value",
          "gate",
          "up",
          "expert_gate",
          "expert_up",
          "dense_said",
          "experts_said",
          "middle",
          "output",
          "result",
          "fed");

  /**
   * A tensor of a layer that is no linear map's: a norm, its bias, a number of the activation.
   *
   * @param slot its name in the script
   * @param name its name below the layer in a checkpoint; empty for a norm without factors, which
   *     has a place and no values
   * @param mixer the kind of layers that have it; all where none is given
   * @param ofExperts whether only layers with experts have it
   */
  public record Vector(
      String slot, String name, List<Long> shape, Optional<Mixer> mixer, boolean ofExperts) {
    Vector(String slot, String name, List<Long> shape) {
      this(slot, name, shape, Optional.empty(), false);
    }

    Vector of(Mixer own) {
      return new Vector(slot, name, shape, Optional.of(own), ofExperts);
    }

    Vector withExperts() {
      return new Vector(slot, name, shape, mixer, true);
    }

    /** Whether checkpoints have it in a layer. */
    public boolean isIn(ModelConfig config, int layer) {
      return !name.isEmpty()
          && (!ofExperts || config.shape(layer).mixture())
          && (mixer.isEmpty() || mixer.get() == config.mixers().get(layer))
          && (!slot.equals(NormPlace.KEY.slot())
              || config.shape(layer).keys() != LayerShape.Keys.OF_ANOTHER);
    }

    /** Number of values. */
    public long elements() {
      return shape.stream().reduce(1L, Math::multiplyExact);
    }
  }

  /** Keys and values out of what a layer keeps. */
  public static <T> List<T> keysOf(List<T> kept) {
    return List.of(kept.get(KEPT.indexOf("key")), kept.get(KEPT.indexOf("value")));
  }

  /** The vectors of a layer, in order; those that it does not have are among them. */
  public List<Vector> vectors(int layer) {
    List<Vector> vectors = new ArrayList<>();
    config
        .architecture()
        .norms()
        .places()
        .forEach(
            (place, name) -> {
              boolean factors = config.architecture().norms().factors();
              Vector norm =
                  new Vector(
                      place.slot(),
                      factors ? name + ".weight" : "",
                      List.of(factors ? size(place, layer) : 0));
              vectors.add(place.ofHeads() ? norm.of(Mixer.ATTENTION) : norm);
              if (config.architecture().norms().bias()) {
                vectors.add(
                    new Vector(
                        place.slot() + "_bias", name + ".bias", List.of(size(place, layer))));
              }
            });
    if (config.architecture().activation() == Activation.XIELU) {
      vectors.add(new Vector("alpha_right", "mlp.act_fn.alpha_p", List.of(1L)));
      vectors.add(new Vector("alpha_left", "mlp.act_fn.alpha_n", List.of(1L)));
      vectors.add(new Vector("beta", "mlp.act_fn.beta", List.of()));
      vectors.add(new Vector("least", "mlp.act_fn.eps", List.of()));
    }
    if (config.architecture().attention().sinks()) {
      vectors.add(new Vector("sinks", "self_attn.sinks", List.of((long) config.heads())));
    }
    config
        .architecture()
        .mixture()
        .filter(mixture -> !mixture.correction().isEmpty())
        .map(
            m ->
                new Vector("correction", m.correction(), List.of((long) m.experts())).withExperts())
        .ifPresent(vectors::add);
    config.architecture().delta().ifPresent(delta -> addDelta(vectors, delta));
    if (config.architecture().norms().places().containsKey(NormPlace.EXPERTS)) {
      long experts = config.mixture().experts();
      long hidden = config.hiddenSize();
      vectors.add(new Vector("router_scale", "router.scale", List.of(hidden)).withExperts());
      vectors.add(
          new Vector("expert_scale", "router.per_expert_scale", List.of(experts)).withExperts());
    }
    if (config.architecture().layerScaled()) {
      vectors.add(new Vector("layer_scale", "layer_scalar", List.of(1L)));
    }
    return vectors;
  }

  private static void addDelta(List<Vector> vectors, DeltaRule delta) {
    long heads = delta.valueHeads();
    List<Long> kernel = List.of((long) delta.channels(), 1L, (long) delta.kernel());
    vectors.add(
        new Vector("convolution", "linear_attn.conv1d.weight", kernel).of(Mixer.DELTA_RULE));
    vectors.add(new Vector("decay", "linear_attn.A_log", List.of(heads)).of(Mixer.DELTA_RULE));
    vectors.add(
        new Vector("decay_bias", "linear_attn.dt_bias", List.of(heads)).of(Mixer.DELTA_RULE));
    vectors.add(
        new Vector("read_norm", "linear_attn.norm.weight", List.of((long) delta.valueSize()))
            .of(Mixer.DELTA_RULE));
  }

  private long size(NormPlace place, int layer) {
    Architecture.QueryKeyNorm kind = config.architecture().attention().queryKeyNorm();
    return switch (place) {
      case QUERY ->
          switch (kind) {
            case EACH_HEAD, EACH_HEAD_TURNED, UNIT_TURNED -> config.shape(layer).headDim();
            case WHOLE_WIDTH -> config.querySize(layer);
            case LATENT -> config.latent().queryRank();
          };
      case KEY ->
          switch (kind) {
            case EACH_HEAD, EACH_HEAD_TURNED, UNIT_TURNED -> config.shape(layer).headDim();
            case WHOLE_WIDTH -> config.keyValueSize(layer);
            case LATENT -> config.latent().rank();
          };
      default -> config.hiddenSize();
    };
  }

  /** Tensors of a layer. */
  public int layerTensors() {
    return vectors(0).size() + MODULE_TENSORS * Projection.of(config).size();
  }

  /** Where a layer's module begins, in the list of all layers. */
  public int module(int layer, int module) {
    return TABLES + layer * layerTensors() + vectors(0).size() + module * MODULE_TENSORS;
  }

  /** Where the output matrix stands in the head's list. */
  public int outputMatrix() {
    return TABLES + (config.architecture().norms().bias() ? 2 : 1);
  }

  /** Where the embedding table stands in the head's list. */
  public int embedding() {
    return outputMatrix() + MODULE_TENSORS;
  }

  /** The script's constants that name places. */
  public Map<String, String> constants() {
    Map<String, String> constants = new LinkedHashMap<>();
    tensors(constants);
    slots(constants);
    modules(constants);
    for (int i = 0; i < KEPT.size(); i++) {
      put(constants, "kept_" + KEPT.get(i), i);
    }
    put(constants, "kept_lows", KEPT.size());
    return constants;
  }

  private void tensors(Map<String, String> constants) {
    put(constants, "tables", TABLES);
    put(constants, "nf4_pairs", 0);
    put(constants, "nf4_scales", 1);
    put(constants, "module_weights", MODULE_TENSORS);
    put(constants, "scale", 1);
    put(constants, "extra", 2);
    put(constants, "bias", 3);
    put(constants, "module_adapters", ADAPTER_TENSORS);
    for (AdapterPart part : AdapterPart.values()) {
      put(constants, part.name, part.place);
    }
    put(constants, "turn_tensors", TURN_TENSORS);
    put(constants, "cos", 0);
    put(constants, "sin", 1);
    put(constants, "reach", 2);
    put(constants, "h_norm", TABLES);
    put(constants, "h_output", outputMatrix());
    put(constants, "h_embedding", embedding());
    put(constants, "h_positions", outputMatrix() + MODULE_TENSORS + 1);
    put(constants, "h_layer_inputs", embedding() + 1);
    int more =
        config.architecture().learnedPositions()
            ? 1
            : config.architecture().layerInput().isPresent() ? LAYER_INPUT_TENSORS : 0;
    put(constants, "h_tables", embedding() + 1 + more);
  }

  private void slots(Map<String, String> constants) {
    for (NormPlace place : NormPlace.values()) {
      put(constants, "w_" + place.slot(), -1);
    }
    for (String number : SLOTS) {
      put(constants, "w_" + number, -1);
    }
    List<Vector> vectors = vectors(0);
    for (int i = 0; i < vectors.size(); i++) {
      put(constants, "w_" + vectors.get(i).slot(), i);
    }
    put(constants, "layer_vectors", vectors.size());
    put(constants, "layer_weights", layerTensors());
  }

  private void modules(Map<String, String> constants) {
    List<Projection> order = Projection.of(config);
    put(constants, "layer_adapters", ADAPTER_TENSORS * order.size());
    put(constants, "m_output", order.indexOf(Projection.O));
    put(constants, "m_query", order.indexOf(Projection.Q));
    put(constants, "m_latent_query", order.indexOf(Projection.LATENT_Q));
    put(constants, "m_query_of_latent", order.indexOf(Projection.Q_OF_LATENT));
    put(constants, "m_latent_key_value", order.indexOf(Projection.LATENT_KV));
    put(constants, "m_key_value_of_latent", order.indexOf(Projection.KV_OF_LATENT));
    put(constants, "m_delta_output", order.indexOf(Projection.DELTA_O));
    put(constants, "attention_modules", count(order, Projection::inAttention));
    put(constants, "delta_modules", count(order, Projection::inDeltaRule));
    constants.put("m_delta", numbers(order, p -> p.inDeltaRule() && p != Projection.DELTA_O));
    put(constants, "m_down", order.indexOf(Projection.DOWN));
    put(constants, "m_input_gate", order.indexOf(Projection.INPUT_GATE));
    put(constants, "m_input_down", order.indexOf(Projection.INPUT_DOWN));
    put(constants, "m_router", order.indexOf(Projection.ROUTER));
    put(constants, "m_shared_gate", order.indexOf(Projection.SHARED_GATE));
    put(constants, "m_expert_gate_up", order.indexOf(Projection.EXPERT_GATE_UP));
    put(constants, "m_expert_down", order.indexOf(Projection.EXPERT_DOWN));
    constants.put("m_attention", numbers(order, Projection::beforeAttention));
    constants.put("m_gate_up", numbers(order, Projection::beforeActivation));
    constants.put("fused_gate", order.contains(Projection.GATE_UP) ? "True" : "False");
    int kv = config.keyValueSize(0);
    constants.put("attention_widths", Projection.Q.out(config, 0) + ", " + kv + ", " + kv);
    constants.put("delta_widths", widths(order));
  }

  /** Of the maps before the delta rule. */
  private String widths(List<Projection> order) {
    return order.stream()
        .filter(p -> p.inDeltaRule() && p != Projection.DELTA_O)
        .map(p -> Integer.toString(p.out(config, 0)))
        .collect(Collectors.joining(", "));
  }

  private static int count(List<Projection> order, Predicate<Projection> wanted) {
    return (int) order.stream().filter(wanted).count();
  }

  private static String numbers(List<Projection> order, Predicate<Projection> wanted) {
    return IntStream.range(0, order.size())
        .filter(i -> wanted.test(order.get(i)))
        .mapToObj(String::valueOf)
        .collect(Collectors.joining(", "));
  }

  private static void put(Map<String, String> constants, String name, int place) {
    constants.put(name, Integer.toString(place));
  }
}
