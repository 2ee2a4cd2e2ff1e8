package dev.reticent.model;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.NormPlace;
import dev.reticent.architecture.Projection;
import java.util.stream.Stream;

/**
 * What the script's functions hold in memory while they train, in bytes; whoever changes
 * decoder.torchscript changes this.
 *
 * <p>D hidden size, H query heads, G key/value heads, E head size, F intermediate size, r LoRA
 * rank.
 *
 * @param element bytes of a value between layers
 * @param inside bytes of a value inside a layer
 */
public record LayerMemory(ModelConfig model, long element, long inside) {

  /** The logits, their logarithms of probabilities, and these in the compute type, at most. */
  public static final int LOGIT_TENSORS = 3;

  /**
   * Bytes beside a matrix of NF4 while it is unpacked: codes of half a million bytes as whole
   * numbers, their weights and the scales of these.
   */
  public static final long NF4_UNPACKING = 16L << 20;

  /** Scores in fp32, their cap's tanh, and the shares that softmax makes of them. */
  private static final int SCORE_TENSORS = 3;

  /** How many examples' logits exist at once while the loss goes back. */
  public static long examplesAtOnce(long rows, long logitsOfOne) {
    return Math.min(rows, Math.max(1, DecoderProgram.LOGITS_AT_ONCE / logitsOfOne));
  }

  /**
   * Of each token, what {@code layer_keep} gives back and the layer's input. As inside the layer: q
   * as it attends, and the attention's output [H·E]; k and v as they attend [G·E]. As between
   * layers: its input and its middle [D]; q and k as projected where they are normed or clipped;
   * gate and up [F], and those of the chosen experts; the router's logits in fp32; what norms
   * behind each part see [D]; the low-rank part of each module [r].
   */
  public long keptTensors(long rank) {
    long q = model.querySize();
    long kv = model.keyValueSize();
    long behind =
        Stream.of(NormPlace.POST_ATTENTION, NormPlace.POST_FEED_FORWARD)
            .filter(model.architecture().norms().places()::containsKey)
            .count();
    long fed = (model.architecture().gated() ? 2L : 1L) * model.intermediateSize();
    long projected = model.architecture().projectedKept() ? q + kv : 0;
    long low = rank * Projection.adaptable(model).size();
    long routed = model.architecture().mixture().map(m -> 4L * m.experts()).orElse(0L);
    return inside * (2 * q + 2 * kv)
        + routed
        + element * ((2 + behind) * hidden() + projected + fed + 2 * chosen() + low);
  }

  /**
   * Of each token, what is kept beside these: keys and values for every query head where they are
   * fewer; the scores of all tokens, with what became of them, where no kernel computes them
   * without; q and k as projected where v is a part of one matrix with them.
   *
   * @param length tokens of an example
   */
  public long keptBeside(long length) {
    long repeated = model.heads() == model.kvHeads() ? 0 : 2L * model.querySize();
    long scores =
        model.architecture().scoresInMemory() ? 4 * SCORE_TENSORS * length * model.heads() : 0;
    boolean whole = model.architecture().fusedAttention() && !model.architecture().projectedKept();
    long projected = whole ? (long) model.querySize() + model.keyValueSize() : 0;
    return inside * repeated + scores + element * projected;
  }

  /**
   * All tensors that a layer makes and drops again, forward and backward: those of the hidden size,
   * of queries and keys, of gate and up.
   */
  public long temporaryPerToken() {
    return inside
        * (32 * hidden()
            + 15L * (model.querySize() + model.keyValueSize())
            + 8L * (model.intermediateSize() + chosen())
            + 3 * said());
  }

  /**
   * Bytes for each token while the feed-forward part goes back; norms compute in fp32. What was
   * kept is there once more if it was kept otherwise: gate and up.
   */
  public long workingPerToken() {
    long again = inside == element ? 0 : 2;
    long fed = model.intermediateSize() + chosen();
    return inside * ((6 + again) * fed + 2 * hidden() + 2 * said()) + 4 * 3 * hidden();
  }

  /** Values of the chosen experts' gates. */
  private long chosen() {
    return model.architecture().mixture().map(m -> (long) m.chosen() * m.size()).orElse(0L);
  }

  /** Values of what the chosen experts say, each by itself. */
  private long said() {
    return model.architecture().mixture().map(m -> m.chosen() * hidden()).orElse(0L);
  }

  private long hidden() {
    return model.hiddenSize();
  }
}
