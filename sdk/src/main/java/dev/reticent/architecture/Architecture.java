package dev.reticent.architecture;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a layer is built of, sizes aside. {@link Families} has a reader for each family that makes
 * one; the decoder's script takes all of it as constants.
 *
 * @param modules the linear maps of a layer, in order
 * @param withoutExperts those of these that are called otherwise in layers that have no experts
 * @param parallel whether the feed-forward part sees the layer's input, not what attention made of
 *     it; without a norm of its own it shares the attention's
 * @param headBias whether the output matrix has a bias
 * @param transposed whether checkpoints hold the layers' matrices as [in, out]
 * @param learnedPositions whether a row for each position is added to what is embedded
 * @param layerScaled whether each layer's output is multiplied by a number of its own
 * @param layerInput what layers are given beside their input, where they are
 * @param latent the sizes of latent attention, where that is what the layers have
 * @param delta the sizes of layers with the gated delta rule, where some have it in attention's
 *     place
 * @param mixture the experts of the feed-forward part, in layers whose {@link LayerShape} says so;
 *     beside them such a layer may have a dense part, which all tokens share
 */
public record Architecture(
    Norms norms,
    Map<Projection, Linear> modules,
    Map<Projection, Linear> withoutExperts,
    Attention attention,
    Activation activation,
    Scales scales,
    boolean parallel,
    boolean headBias,
    boolean transposed,
    boolean learnedPositions,
    boolean layerScaled,
    Optional<LayerInput> layerInput,
    Optional<LatentAttention> latent,
    Optional<DeltaRule> delta,
    Optional<Mixture> mixture) {

  public Architecture {
    modules = Collections.unmodifiableMap(new LinkedHashMap<>(modules));
    withoutExperts = Map.copyOf(withoutExperts);
  }

  /**
   * A linear map.
   *
   * @param name below the layer, such as self_attn.q_proj
   * @param bias whether the model adds one
   */
  public record Linear(String name, boolean bias) {}

  /**
   * All norms of a model, which are of one kind.
   *
   * @param centred LayerNorm; else RMSNorm
   * @param offset whether checkpoints hold the factors less one
   * @param float32 whether factors are applied in fp32, before a value takes its type again
   * @param bias whether each has one
   * @param factors whether there are any; without them a norm is its unit alone
   * @param places the names below the layer, such as input_layernorm
   */
  public record Norms(
      double epsilon,
      boolean centred,
      boolean offset,
      boolean float32,
      boolean bias,
      boolean factors,
      Map<NormPlace, String> places) {
    public Norms {
      Map<NormPlace, String> ordered = new EnumMap<>(NormPlace.class);
      ordered.putAll(places);
      places = Collections.unmodifiableMap(ordered);
    }
  }

  /** How queries and keys are normed, in models that have such norms. */
  public enum QueryKeyNorm {
    /** Each head by itself, then turned. */
    EACH_HEAD,
    /** Turned, then each head by itself. */
    EACH_HEAD_TURNED,
    /** All heads' coordinates as one vector, then turned. */
    WHOLE_WIDTH,
    /** Each head by itself, turned, to a root mean square of 1; none where nothing turns. */
    UNIT_TURNED,
    /** Not they, but the latents that they are projected from. */
    LATENT
  }

  /**
   * @param scale what q·k is multiplied by; 0 for 1/√head size
   * @param cap c of c·tanh(score/c), 0 for none
   * @param adjacentPairs whether coordinates turn in pairs (2i, 2i+1); else (i, i+R/2)
   * @param byGroup whether one matrix for q, k and v has them of each key head in turn: its query
   *     heads, it, its value head; else all queries come first
   * @param sinks whether each head has a score that takes its share of softmax and adds nothing
   * @param gated whether each query head is projected with as many coordinates again, whose σ the
   *     head's output is multiplied by
   * @param chunked whether a layer's window is not the latest tokens, but those since the last
   *     multiple of so many
   * @param valuesNormed whether each head of values is normed, by a norm without factors
   * @param clip c where queries, keys and values are kept within ±c before they turn, 0 for none
   */
  public record Attention(
      QueryKeyNorm queryKeyNorm,
      double scale,
      double cap,
      boolean adjacentPairs,
      boolean byGroup,
      boolean sinks,
      boolean gated,
      boolean chunked,
      boolean valuesNormed,
      double clip) {}

  /**
   * @param embedding factor of the embedded tokens
   * @param residual factor of what each part of a layer adds
   * @param logits factor of the logits
   * @param logitCap c of c·tanh(logit/c), after the factor; 0 for none
   */
  public record Scales(double embedding, double residual, double logits, double logitCap) {}

  /** Whether q, k and v are one matrix. */
  public boolean fusedAttention() {
    return modules.containsKey(Projection.QKV);
  }

  /** Whether the feed-forward part is act(gate)·up; else act(up). */
  public boolean gated() {
    return modules.containsKey(Projection.GATE) || modules.containsKey(Projection.GATE_UP);
  }

  /** Whether queries and keys are normed. */
  public boolean queryKeyNormed() {
    return norms.places().containsKey(NormPlace.QUERY);
  }

  /** Whether the way back needs queries and keys, or their latents, as they were projected. */
  public boolean projectedKept() {
    return queryKeyNormed()
        || attention.queryKeyNorm() == QueryKeyNorm.UNIT_TURNED
        || attention.clip() > 0
        || latent.isPresent();
  }

  /** What of its weights can only be used, not trained; empty for most. */
  public Optional<String> frozen() {
    return activation == Activation.XIELU
        ? Optional.of("the numbers of its activation")
        : delta.isPresent()
            ? Optional.of("the numbers of its recurrence")
            : layerScaled
                ? Optional.of("the numbers that scale its layers")
                : mixture.map(m -> "its experts and their router");
  }

  /** Whether scores need more than one fused kernel computes, so that they are in memory whole. */
  public boolean scoresInMemory() {
    return attention.cap() > 0 || attention.sinks();
  }
}
