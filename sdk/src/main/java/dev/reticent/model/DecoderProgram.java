package dev.reticent.model;

import dev.reticent.architecture.Activation;
import dev.reticent.architecture.Architecture;
import dev.reticent.architecture.DeltaRule;
import dev.reticent.architecture.LatentAttention;
import dev.reticent.architecture.LayerInput;
import dev.reticent.architecture.LayerLayout;
import dev.reticent.architecture.LayerShape;
import dev.reticent.architecture.Mixer;
import dev.reticent.architecture.Mixture;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.engine.Program;
import dev.reticent.engine.Script;
import dev.reticent.weights.Nf4;
import dev.reticent.weights.Processor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The decoder's TorchScript functions with a model's constants filled in; one for each shape. */
public final class DecoderProgram {

  /**
   * Rows of a matrix product in a decoding step, at most. A row's result may depend on their
   * number, if only in its last bits; not on which of them it is. A decoding session finds the
   * smaller numbers that give the same bits.
   */
  public static final int ROWS = 8;

  /** The most logits that exist at once while the loss goes back. */
  static final int LOGITS_AT_ONCE = 1 << 24;

  /** Bytes of NF4 that are turned into weights at a time, each two of them. */
  private static final int NF4_BYTES_AT_ONCE = 1 << 19;

  /** Elements that no processor's vector goes beyond. */
  private static final int VECTOR = 64;

  /** Elements up to which libtorch leaves an elementwise function to one thread. */
  private static final int VALUES_OF_A_THREAD = 1 << 15;

  /** The bytes at a time on a card, where starting a kernel costs more than a little memory. */
  private static final int NF4_BYTES_AT_ONCE_ON_CARD = 1 << 23;

  /** What an operator that is not there answers: nothing is done, go another way. */
  private static final String NOT_DONE = "1";

  /** What stands for a mixture where there is none. */
  private static final Mixture NO_EXPERTS =
      new Mixture(
          0,
          1,
          1,
          Mixture.Routing.CHOSEN,
          new Mixture.Groups(1, 1),
          1,
          "",
          0,
          new Mixture.Gate(0, 1),
          new Mixture.Storage(List.of(), List.of(), false, false));

  /** What stands for latent attention where there is none. */
  private static final LatentAttention NO_LATENTS = new LatentAttention(0, 0, 0, 0, 0, 0);

  /** What stands for the gated delta rule where there is none. */
  private static final DeltaRule NO_DELTA_RULE = new DeltaRule(1, 1, 1, 1, 1, false);

  /** Tokens of the delta rule whose changes to the state are worked out together. */
  static final int CHUNK = 32;

  /** Where code for cards runs: where the tensors say so, or in a test everywhere. */
  enum Cards {
    THEIR_OWN,
    EVERYWHERE
  }

  private record Key(ModelConfig config, boolean widen, Cards cards, int logitsAtOnce) {}

  /** Programs without a model that stay, for the model that comes back. */
  private static final int UNUSED_KEPT = 4;

  private static final ProgramCache<Key> COMPILED =
      new ProgramCache<>(UNUSED_KEPT, DecoderProgram::compile);

  private DecoderProgram() {}

  /** The program of a model, for as long as the model is open. */
  static ProgramCache<?>.Lease lease(ModelConfig config, Processor processor) {
    return lease(config, processor, Cards.THEIR_OWN);
  }

  static ProgramCache<?>.Lease lease(ModelConfig config, Processor processor, Cards cards) {
    return lease(config, processor, cards, LOGITS_AT_ONCE);
  }

  static ProgramCache<?>.Lease lease(
      ModelConfig config, Processor processor, Cards cards, int logitsAtOnce) {
    return COMPILED.take(new Key(config, processor.slowInBfloat16(), cards, logitsAtOnce));
  }

  private static Program compile(Key key) {
    ModelConfig config = key.config();
    Map<String, String> constants = new LayerLayout(config).constants();
    operators(constants, config.architecture(), key.cards());
    sizes(constants, config);
    blocks(constants, config.architecture());
    experts(constants, config.architecture());
    latents(constants, config.architecture());
    deltaRule(constants, config);
    constants.put("widen", flag(key.widen()));
    constants.put("rows", Integer.toString(ROWS));
    constants.put("logits_at_once", Integer.toString(key.logitsAtOnce()));
    constants.put("vector", Integer.toString(VECTOR));
    constants.put("values_of_a_thread", Integer.toString(VALUES_OF_A_THREAD));
    constants.put("nf4_block", Integer.toString(Nf4.BLOCK));
    constants.put("nf4_group", Integer.toString(Nf4.GROUP));
    constants.put("bytes_at_once", Integer.toString(NF4_BYTES_AT_ONCE));
    constants.put("bytes_at_once_on_card", Integer.toString(NF4_BYTES_AT_ONCE_ON_CARD));
    constants.put("end", Long.toString(Long.MAX_VALUE));
    return Program.compile(
        Script.read(DecoderProgram.class, "decoder.torchscript", "Decoder", constants));
  }

  /** Calls of operators that not every libtorch or machine has. */
  private static void operators(
      Map<String, String> constants, Architecture architecture, Cards cards) {
    boolean kernels = CardKernels.installed() || cards == Cards.EVERYWHERE;
    constants.put("on_card", cards == Cards.EVERYWHERE ? "numel() >= 0" : "is_cuda");
    constants.put("rows_at_once", Integer.toString(ProductKernels.ROWS));
    constants.put("nf4_unpack", kernels ? Nf4Kernels.UNPACK : NOT_DONE);
    constants.put("nf4_product", kernels ? ProductKernels.NF4_PRODUCT : NOT_DONE);
    constants.put("product_kernel", kernels ? ProductKernels.PRODUCT : NOT_DONE);
    Architecture.Norms norms = architecture.norms();
    boolean roots = kernels && !norms.centred() && !norms.bias() && norms.factors();
    constants.put("norm_kernel", roots ? LayerKernels.norm(norms) : NOT_DONE);
    constants.put("norm_backward_kernel", roots ? LayerKernels.normBackward(norms) : NOT_DONE);
    boolean halves = kernels && !architecture.attention().adjacentPairs();
    constants.put("turn_kernel", halves ? LayerKernels.TURN : NOT_DONE);
    boolean silu = kernels && architecture.activation() == Activation.SILU;
    constants.put("gate_kernel", silu ? LayerKernels.GATE : NOT_DONE);
    constants.put("gated_kernel", silu ? ProductKernels.GATED : NOT_DONE);
    constants.put("nf4_gated_kernel", silu ? ProductKernels.nf4Gated(constants) : NOT_DONE);
    constants.put("gate_backward_kernel", silu ? LayerKernels.GATE_BACKWARD : NOT_DONE);
    boolean packs = PackedProducts.available();
    constants.put(
        "packed_matrix", packs ? PackedProducts.MATRIX : "torch.t(torch.contiguous(torch.t(m)))");
    constants.put("packed_product", packs ? PackedProducts.PRODUCT : "torch.linear(x, m)");
    constants.put("packed_then", packs ? PackedProducts.THEN : "torch.linear(some, m)");
    constants.put("packed_beside", packs ? PackedProducts.BESIDE : "torch.linear(some, m)");
  }

  private static void sizes(Map<String, String> constants, ModelConfig config) {
    constants.put("hidden", Integer.toString(config.hiddenSize()));
    constants.put("heads", Integer.toString(config.heads()));
    constants.put("groups", Integer.toString(config.shape(0).kvHeads()));
    constants.put("head_size", Integer.toString(config.shape(0).headDim()));
    constants.put("vocabulary", Integer.toString(config.vocabSize()));
    constants.put("layers", Integer.toString(config.layers()));
    constants.put("attention_alike", flag(!config.attentionDiffers()));
    int largest = config.shapes().stream().mapToInt(LayerShape::headDim).max().orElse(0);
    constants.put("largest_head", Integer.toString(largest));
    int input = config.architecture().layerInput().map(LayerInput::size).orElse(0);
    constants.put("input_size", Integer.toString(input));
    constants.put("input_scale", Double.toString(Math.sqrt(input)));
    constants.put("input_projection_scale", Double.toString(1 / Math.sqrt(config.hiddenSize())));
    constants.put("windows", numbers(config.windows()));
    constants.put("turns", numbers(config.turns()));
    double scale = config.architecture().attention().scale();
    constants.put("attention_scale", scale == 0 ? "None" : Double.toString(scale));
    double effective = scale == 0 ? 1 / Math.sqrt(config.shape(0).headDim()) : scale;
    constants.put("score_scale", Double.toString(effective));
    boolean kernels =
        !NOT_DONE.equals(constants.get("product_kernel")) && AttentionKernels.suit(config);
    constants.put("attention_by_kernels", flag(kernels));
    constants.put("place_kernel", kernels ? AttentionKernels.place(config) : NOT_DONE);
    constants.put("attend_kernel", kernels ? AttentionKernels.attend(config, effective) : NOT_DONE);
  }

  private static void blocks(Map<String, String> constants, Architecture architecture) {
    Architecture.Norms norms = architecture.norms();
    constants.put("epsilon", Double.toString(norms.epsilon()));
    constants.put("layer_norm", flag(norms.centred()));
    constants.put("norm_offset", flag(norms.offset()));
    constants.put("norm_in_float32", flag(norms.float32()));
    constants.put("norm_bias", flag(norms.bias()));
    constants.put("norm_factors", flag(norms.factors()));
    Architecture.Attention attention = architecture.attention();
    for (Architecture.QueryKeyNorm kind : Architecture.QueryKeyNorm.values()) {
      boolean any = architecture.queryKeyNormed() || kind == Architecture.QueryKeyNorm.UNIT_TURNED;
      constants.put(
          "norm_" + kind.name().toLowerCase(Locale.ROOT),
          flag(any && attention.queryKeyNorm() == kind));
    }
    constants.put("chunked", flag(attention.chunked()));
    constants.put("pairs_adjacent", flag(attention.adjacentPairs()));
    constants.put("by_group", flag(attention.byGroup()));
    constants.put("norm_values", flag(attention.valuesNormed()));
    constants.put("gated_attention", flag(attention.gated()));
    constants.put("soft_attention", flag(architecture.scoresInMemory()));
    constants.put("score_cap", Double.toString(attention.cap()));
    constants.put("clip", Double.toString(attention.clip()));
    constants.put("activation", architecture.activation().inScript());
    constants.put("gelu", architecture.activation() == Activation.GELU_TANH ? "tanh" : "none");
    constants.put("parallel", flag(architecture.parallel()));
    constants.put("learned_positions", flag(architecture.learnedPositions()));
    Architecture.Scales scales = architecture.scales();
    constants.put("embedding_scale", Double.toString(scales.embedding()));
    constants.put("residual", Double.toString(scales.residual()));
    constants.put("logit_scale", Double.toString(scales.logits()));
    constants.put("logit_cap", Double.toString(scales.logitCap()));
  }

  private static void experts(Map<String, String> constants, Architecture architecture) {
    Mixture mixture = architecture.mixture().orElse(NO_EXPERTS);
    constants.put("experts", Integer.toString(mixture.experts()));
    constants.put("chosen", Integer.toString(mixture.chosen()));
    constants.put("expert_size", Integer.toString(mixture.size()));
    constants.put("routing", mixture.routing().inScript());
    constants.put("expert_groups", Integer.toString(mixture.groups().count()));
    constants.put("chosen_groups", Integer.toString(mixture.groups().chosen()));
    constants.put("share_scale", Double.toString(mixture.scale()));
    constants.put("router_noise", Double.toString(mixture.noise()));
    constants.put("interleaved", flag(mixture.storage().interleaved()));
    constants.put("gate_limit", Double.toString(mixture.gate().limit()));
    constants.put("gate_slope", Double.toString(mixture.gate().slope()));
  }

  private static void latents(Map<String, String> constants, Architecture architecture) {
    LatentAttention latent = architecture.latent().orElse(NO_LATENTS);
    constants.put("latent_rank", Integer.toString(latent.rank()));
    constants.put("latent_epsilon", Double.toString(latent.epsilon()));
    constants.put("not_turning", Integer.toString(latent.plain()));
    constants.put("turning", Integer.toString(latent.turning()));
    constants.put("head_value", Integer.toString(latent.value()));
  }

  private static void deltaRule(Map<String, String> constants, ModelConfig config) {
    DeltaRule delta = config.architecture().delta().orElse(NO_DELTA_RULE);
    constants.put("key_heads", Integer.toString(delta.keyHeads()));
    constants.put("value_heads", Integer.toString(delta.valueHeads()));
    constants.put("key_size", Integer.toString(delta.keySize()));
    constants.put("value_size", Integer.toString(delta.valueSize()));
    constants.put("kernel", Integer.toString(delta.kernel()));
    constants.put("by_key_head", flag(delta.byKeyHead()));
    constants.put("key_scale", Double.toString(1 / Math.sqrt(delta.keySize())));
    constants.put("chunk", Integer.toString(CHUNK));
    constants.put("first_attention", Integer.toString(config.mixers().indexOf(Mixer.ATTENTION)));
    constants.put("kinds", numbers(kinds(config)));
  }

  /** The last layer of each kind, by how it mixes tokens and by its sizes. */
  private static List<Integer> kinds(ModelConfig config) {
    Map<Object, Integer> last = new LinkedHashMap<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      last.put(List.of(config.mixers().get(layer), config.shape(layer)), layer);
    }
    return List.copyOf(last.values());
  }

  private static String flag(boolean value) {
    return value ? "True" : "False";
  }

  private static String numbers(List<Integer> values) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }
}
