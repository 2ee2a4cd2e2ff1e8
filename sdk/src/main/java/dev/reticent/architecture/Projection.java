package dev.reticent.architecture;

import java.util.List;

/**
 * The linear maps of a decoder: those of a layer, then the output head.
 *
 * <p>y = W x + b with W [out, in]. A layer has either the separate or the fused ones: QKV stacks
 * the rows of q, k, v, GATE_UP those of gate, up. A layer without gate has UP and DOWN. In a
 * mixture of X experts the EXPERT matrices are those of all experts, one below the other. The DELTA
 * ones are those of layers with the gated delta rule: queries, keys, values and the output's gate
 * z; b and a say how much is written and forgotten. The LATENT ones give the latents of {@link
 * LatentAttention}, whose OF_LATENT ones take them; the INPUT ones let a {@link LayerInput} in.
 */
public enum Projection {
  Q,
  K,
  V,
  QKV,
  LATENT_Q,
  Q_OF_LATENT,
  LATENT_KV,
  KV_OF_LATENT,
  O,
  DELTA_QKVZ,
  DELTA_BA,
  DELTA_QKV,
  DELTA_Z,
  DELTA_B,
  DELTA_A,
  DELTA_O,
  GATE,
  UP,
  GATE_UP,
  DOWN,
  INPUT_GATE,
  INPUT_DOWN,
  ROUTER,
  SHARED_GATE,
  EXPERT_GATE_UP,
  EXPERT_DOWN,
  HEAD;

  /**
   * The projections of a model's layers, in the order in which adapters and gradients are laid out;
   * the head is not among them. Every layer has a place for each, be it empty.
   */
  public static List<Projection> of(ModelConfig config) {
    return List.copyOf(config.architecture().modules().keySet());
  }

  /** The projections that one layer has. */
  public static List<Projection> of(ModelConfig config, int layer) {
    return of(config).stream().filter(p -> p.isIn(config, layer)).toList();
  }

  /**
   * Whether a layer has it: layers that mix tokens in different ways have different maps, and some
   * have experts that others do without.
   */
  public boolean isIn(ModelConfig config, int layer) {
    LayerShape shape = config.shape(layer);
    Mixer mixer = config.mixers().get(layer);
    return switch (this) {
      case K -> mixer == Mixer.ATTENTION && shape.keys() != LayerShape.Keys.OF_ANOTHER;
      case V -> mixer == Mixer.ATTENTION && shape.keys() == LayerShape.Keys.OWN;
      case GATE, UP, GATE_UP, DOWN -> shape.intermediate() > 0;
      case ROUTER, SHARED_GATE, EXPERT_GATE_UP, EXPERT_DOWN -> shape.mixture();
      default ->
          (!inAttention() || mixer == Mixer.ATTENTION)
              && (!inDeltaRule() || mixer == Mixer.DELTA_RULE);
    };
  }

  /** The projections that can have an adapter. */
  public static List<Projection> adaptable(ModelConfig config) {
    return of(config).stream().filter(Projection::adaptable).toList();
  }

  /** The projections of one layer that can have an adapter. */
  public static List<Projection> adaptable(ModelConfig config, int layer) {
    return of(config, layer).stream().filter(Projection::adaptable).toList();
  }

  /** How many values the matrices of one layer have. */
  public static long layerValues(ModelConfig config, int layer) {
    return of(config, layer).stream().mapToLong(p -> p.values(config, layer)).sum();
  }

  /** How many values its matrix has. */
  public long values(ModelConfig config, int layer) {
    return (long) in(config, layer) * out(config, layer);
  }

  /** The targets of LoRA that mean all projections of each layer. */
  public static List<String> targets(ModelConfig config) {
    return adaptable(config).stream().map(p -> p.target(config)).toList();
  }

  /** Whether it can have an adapter: what decides over experts cannot. */
  public boolean adaptable() {
    return this != ROUTER && this != SHARED_GATE;
  }

  /** Whether it lets in what a layer is given beside its input. */
  public boolean ofLayerInput() {
    return this == INPUT_GATE || this == INPUT_DOWN;
  }

  /** Whether it is the matrices of all experts of a layer. */
  public boolean ofExperts() {
    return this == EXPERT_GATE_UP || this == EXPERT_DOWN;
  }

  /** How many matrices it is, one below the other: one for each expert, or one. */
  public int parts(ModelConfig config) {
    return ofExperts() ? config.mixture().experts() : 1;
  }

  /** Whether it may be held in few bits: what decides for all that follows is not. */
  public boolean quantizable() {
    return this != ROUTER && this != SHARED_GATE && this != HEAD;
  }

  /** Whether it is a part of attention; else of the feed-forward part, or the head. */
  public boolean inAttention() {
    return compareTo(O) <= 0;
  }

  /** Whether it gives what attends: queries, keys or values. */
  public boolean beforeAttention() {
    return inAttention() && this != O;
  }

  /** Whether it takes a layer's own input, as others do in every layer, and gives what attends. */
  public boolean sideBySide(ModelConfig config) {
    return beforeAttention()
        && config.architecture().latent().isEmpty()
        && !config.attentionDiffers();
  }

  /** Whether it is a part of a layer with the gated delta rule, in attention's place. */
  public boolean inDeltaRule() {
    return compareTo(O) > 0 && compareTo(DELTA_O) <= 0;
  }

  /** Whether it gives what the dense feed-forward part's activation takes. */
  boolean beforeActivation() {
    return this == GATE || this == UP || this == GATE_UP;
  }

  /**
   * How a LoRA specification calls it, such as {@code q_proj}: the end of its path that no other
   * module of a layer has. Experts' matrices are parameters, not modules, in Python, and always
   * have their whole name below the layer.
   */
  public String target(ModelConfig config) {
    if (this == HEAD) {
      return config.paths().head();
    }
    String name = name(config);
    if (ofExperts()) {
      return name;
    }
    String last = name.substring(name.lastIndexOf('.') + 1);
    boolean alone =
        of(config).stream()
            .filter(p -> p != this && !p.ofExperts())
            .noneMatch(p -> ("." + p.name(config)).endsWith("." + last));
    return alone ? last : name;
  }

  /** As Python calls it, which holds the matrices of all experts as one. */
  private String name(ModelConfig config) {
    return ofExperts()
        ? config.mixture().storage().module()
            + (this == EXPERT_DOWN ? ".down_proj" : ".gate_up_proj")
        : config.module(this).name();
  }

  /** The same in one layer. */
  private String name(ModelConfig config, int layer) {
    return ofExperts() ? name(config) : config.module(this, layer).name();
  }

  /**
   * The path of the module, such as model.layers.0.self_attn.q_proj; lm_head for the head. Adapters
   * are named after it.
   */
  public String path(ModelConfig config, int layer) {
    return this == HEAD ? config.paths().head() : config.paths().module(layer, name(config, layer));
  }

  /** The path of its tensors in a checkpoint. */
  public String stored(ModelConfig config, int layer) {
    return this == HEAD
        ? config.paths().head()
        : config.paths().stored(layer, config.module(this, layer).name());
  }

  /** Number of inputs. */
  public int in(ModelConfig config, int layer) {
    return switch (this) {
      case Q_OF_LATENT -> config.latent().queryRank();
      case KV_OF_LATENT -> config.latent().rank();
      case O -> config.attendedSize(layer);
      case DOWN -> config.shape(layer).intermediate();
      case INPUT_DOWN -> config.layerInput().size();
      case DELTA_O -> config.deltaRule().values();
      case EXPERT_DOWN -> config.mixture().size();
      default -> config.hiddenSize();
    };
  }

  /** Number of outputs. */
  public int out(ModelConfig config, int layer) {
    return switch (this) {
      case Q -> (config.architecture().attention().gated() ? 2 : 1) * config.querySize(layer);
      case K, V -> config.keyValueSize(layer);
      case LATENT_Q -> config.latent().queryRank();
      case Q_OF_LATENT -> config.querySize(layer);
      case LATENT_KV -> config.latent().rank() + config.latent().turning();
      case KV_OF_LATENT -> config.heads() * (config.latent().plain() + config.latent().value());
      case QKV -> config.querySize(layer) + 2 * config.keyValueSize(layer);
      case O, DOWN, DELTA_O -> config.hiddenSize();
      case DELTA_QKVZ -> config.deltaRule().channels() + config.deltaRule().values();
      case DELTA_QKV -> config.deltaRule().channels();
      case DELTA_Z -> config.deltaRule().values();
      case DELTA_BA -> 2 * config.deltaRule().valueHeads();
      case DELTA_B, DELTA_A -> config.deltaRule().valueHeads();
      case GATE, UP -> config.shape(layer).intermediate();
      case GATE_UP -> 2 * config.shape(layer).intermediate();
      case INPUT_GATE -> config.layerInput().size();
      case INPUT_DOWN -> config.hiddenSize();
      case ROUTER -> config.mixture().experts();
      case SHARED_GATE -> 1;
      case EXPERT_GATE_UP -> config.mixture().experts() * 2 * config.mixture().size();
      case EXPERT_DOWN -> config.mixture().experts() * config.hiddenSize();
      case HEAD -> config.vocabSize();
    };
  }

  /** Whether the model adds a bias [out]. */
  public boolean biased(ModelConfig config, int layer) {
    return this == HEAD ? config.architecture().headBias() : config.module(this, layer).bias();
  }
}
