package dev.reticent.architecture;

import java.util.List;

/**
 * The linear maps of a decoder, in the order in which adapters and gradients are laid out: those of
 * a layer, then the output head.
 *
 * <p>A weight is stored [out, in]: y = W x + b. A checkpoint has either the separate or the fused
 * ones, never both; QKV stacks the rows of q, k, v, GATE_UP those of gate, up.
 */
public enum Projection {
  Q("self_attn", "q_proj"),
  K("self_attn", "k_proj"),
  V("self_attn", "v_proj"),
  QKV("self_attn", "qkv_proj"),
  O("self_attn", "o_proj"),
  GATE("mlp", "gate_proj"),
  UP("mlp", "up_proj"),
  GATE_UP("mlp", "gate_up_proj"),
  DOWN("mlp", "down_proj"),
  HEAD("", "lm_head");

  private static final List<Projection> SEPARATE = List.of(Q, K, V, O, GATE, UP, DOWN);
  private static final List<Projection> FUSED = List.of(QKV, O, GATE_UP, DOWN);

  private final String block;
  private final String module;

  Projection(String block, String module) {
    this.block = block;
    this.module = module;
  }

  /** The projections of each layer of a model, in order; the head is not among them. */
  public static List<Projection> of(ModelConfig config) {
    return config.fusedProjections() ? FUSED : SEPARATE;
  }

  /** The name of the module, such as {@code q_proj}. */
  public String module() {
    return module;
  }

  /** The path of the module, such as model.layers.0.self_attn.q_proj; lm_head for the head. */
  public String path(int layer) {
    return this == HEAD ? module : "model.layers." + layer + "." + block + "." + module;
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
    return switch (this) {
      case Q, K, V -> config.queryKeyValueBias();
      case O -> config.outputBias();
      case GATE, UP, DOWN -> config.mlpBias();
      case QKV, GATE_UP, HEAD -> false;
    };
  }
}
