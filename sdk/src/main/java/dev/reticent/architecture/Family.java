package dev.reticent.architecture;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The decoder families this library computes, with the defaults their {@code config.json} leaves
 * out.
 *
 * <p>All are pre-norm decoders with RMSNorm, rotary positions, grouped-query attention and a SiLU
 * gated feed-forward part. They differ in biases, in fused projections, in norms on queries and
 * keys, and in which layers look back through a sliding window.
 */
public enum Family {
  LLAMA("LlamaForCausalLM", 1e-6, 2, 1),
  MISTRAL("MistralForCausalLM", 1e-6, 2, 1),
  QWEN2("Qwen2ForCausalLM", 1e-6, -1, -1),
  QWEN3("Qwen3ForCausalLM", 1e-6, -1, -1),
  PHI3("Phi3ForCausalLM", 1e-5, 32000, 1);

  private final String architecture;
  private final double rmsNormEps;
  private final int eosTokenId;
  private final int bosTokenId;

  Family(String architecture, double rmsNormEps, int eosTokenId, int bosTokenId) {
    this.architecture = architecture;
    this.rmsNormEps = rmsNormEps;
    this.eosTokenId = eosTokenId;
    this.bosTokenId = bosTokenId;
  }

  /** The class name under {@code architectures} in config.json. */
  public String architecture() {
    return architecture;
  }

  double defaultRmsNormEps() {
    return rmsNormEps;
  }

  List<Integer> defaultEosTokenIds() {
    return eosTokenId < 0 ? List.of() : List.of(eosTokenId);
  }

  /** −1 for a family without one. */
  int defaultBosTokenId() {
    return bosTokenId;
  }

  static Optional<Family> named(String architecture) {
    return Arrays.stream(values()).filter(f -> f.architecture.equals(architecture)).findFirst();
  }

  static String supported() {
    return Arrays.stream(values()).map(Family::architecture).collect(Collectors.joining(", "));
  }
}
