package dev.reticent.architecture;

import java.util.List;

/**
 * The linear maps of a decoder: those of a layer, then the output head.
 *
 * <p>y = W x + b with W [out, in]. A layer has either the separate or the fused ones: QKV stacks
 * the rows of q, k, v, GATE_UP those of gate, up. A layer without gate has UP and DOWN.
 */
public enum Projection {
  Q,
  K,
  V,
  QKV,
  O,
  GATE,
  UP,
  GATE_UP,
  DOWN,
  HEAD;

  /**
   * The projections of each layer of a model, in the order in which adapters and gradients are laid
   * out; the head is not among them.
   */
  public static List<Projection> of(ModelConfig config) {
    return List.copyOf(config.architecture().modules().keySet());
  }

  /** The targets of LoRA that mean all projections of each layer. */
  public static List<String> targets(ModelConfig config) {
    return of(config).stream().map(p -> p.target(config)).toList();
  }

  /** Whether it is a part of attention; else of the feed-forward part, or the head. */
  public boolean inAttention() {
    return compareTo(O) <= 0;
  }

  /**
   * How a LoRA specification calls it, such as {@code q_proj}: the end of its path that no other
   * module of a layer has.
   */
  public String target(ModelConfig config) {
    if (this == HEAD) {
      return config.paths().head();
    }
    String name = name(config);
    String last = name.substring(name.lastIndexOf('.') + 1);
    boolean alone =
        of(config).stream()
            .noneMatch(p -> p != this && ("." + p.name(config)).endsWith("." + last));
    return alone ? last : name;
  }

  private String name(ModelConfig config) {
    return config.module(this).name();
  }

  /**
   * The path of the module, such as model.layers.0.self_attn.q_proj; lm_head for the head. Adapters
   * are named after it.
   */
  public String path(ModelConfig config, int layer) {
    return this == HEAD ? config.paths().head() : config.paths().module(layer, name(config));
  }

  /** The path of its tensors in a checkpoint. */
  public String stored(ModelConfig config, int layer) {
    return this == HEAD ? config.paths().head() : config.paths().stored(layer, name(config));
  }

  /** Number of inputs. */
  public int in(ModelConfig config) {
    return switch (this) {
      case O -> config.querySize();
      case DOWN -> config.intermediateSize();
      default -> config.hiddenSize();
    };
  }

  /** Number of outputs. */
  public int out(ModelConfig config) {
    return switch (this) {
      case Q -> config.querySize();
      case K, V -> config.keyValueSize();
      case QKV -> config.querySize() + 2 * config.keyValueSize();
      case O, DOWN -> config.hiddenSize();
      case GATE, UP -> config.intermediateSize();
      case GATE_UP -> 2 * config.intermediateSize();
      case HEAD -> config.vocabSize();
    };
  }

  /** Whether the model adds a bias [out]. */
  public boolean biased(ModelConfig config) {
    return this == HEAD ? config.architecture().headBias() : config.module(this).bias();
  }
}
