package dev.reticent.model;

import dev.reticent.architecture.DeltaRule;
import dev.reticent.architecture.LatentAttention;
import dev.reticent.architecture.LayerShape;
import dev.reticent.architecture.Mixer;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.NormPlace;
import dev.reticent.architecture.Projection;
import java.util.stream.Stream;

/**
 * What the script's functions hold in memory while they train, in bytes; whoever changes
 * decoder.torchscript changes this.
 *
 * <p>D hidden size, H query heads, G key/value heads, E head size, F intermediate size, r LoRA
 * rank; P all that is projected for a delta rule, V all its values.
 *
 * @param layer of which this is said
 * @param element bytes of a value between layers
 * @param inside bytes of a value inside a layer
 */
public record LayerMemory(ModelConfig model, int layer, long element, long inside) {

  /** The logits, their logarithms of probabilities, and these in the compute type, at most. */
  public static final int LOGIT_TENSORS = 3;

  /**
   * Bytes beside a matrix of NF4 while it is unpacked: codes of half a million bytes as whole
   * numbers, their weights and the scales of these.
   */
  public static final long NF4_UNPACKING = 16L << 20;

  /** Scores in fp32, their cap's tanh, and the shares that softmax makes of them. */
  private static final int SCORE_TENSORS = 3;

  /**
   * How many logits exist at once while the loss goes back: those of some examples or, where one
   * has more than is wanted, of a part of its positions.
   *
   * @param whole whether an example's positions stay together
   */
  public static long logitsAtOnce(long rows, long positions, long vocabulary, boolean whole) {
    long most = DecoderProgram.LOGITS_AT_ONCE;
    long each = positions * vocabulary;
    if (each <= most || whole) {
      return Math.min(rows, Math.max(1, most / each)) * each;
    }
    long width = Math.max(1, most / vocabulary);
    long parts = (positions + width - 1) / width;
    return (positions + parts - 1) / parts * vocabulary;
  }

  /**
   * Of each token, what {@code layer_keep} gives back and the layer's input. As inside the layer: q
   * as it attends, and the attention's output [H·E]; k and v as they attend [G·E]; or what is
   * projected for a delta rule [P], and its output [V]. As between layers: its input and its middle
   * [D]; q, with its gates, and k as projected where they are normed or clipped, or the latents
   * that they come of; gate and up [F], and those of the chosen experts; the router's logits in
   * fp32; what norms behind each part see [D]; the low-rank part of each module [r].
   */
  public long keptTensors(long rank) {
    long q = model.querySize(layer);
    long kv = model.keyValueSize(layer);
    long behind =
        Stream.of(
                    NormPlace.POST_ATTENTION,
                    NormPlace.POST_FEED_FORWARD,
                    NormPlace.POST_DENSE,
                    NormPlace.POST_EXPERTS)
                .filter(model.architecture().norms().places()::containsKey)
                .count()
            + (model.architecture().layerInput().isPresent() ? 1 : 0);
    long fed = (model.architecture().gated() ? 2L : 1L) * shape().intermediate();
    long mixed = inside * (2 * q + 2 * kv);
    if (model.architecture().latent().isPresent()) {
      LatentAttention latent = model.architecture().latent().get();
      mixed += element * (latent.queryRank() + latent.rank() + (long) latent.turning());
    } else if (model.architecture().projectedKept()) {
      mixed += element * ((model.architecture().attention().gated() ? 2 : 1) * q + projectedKeys());
    }
    if (deltaRule()) {
      mixed = inside * (model.deltaRule().projected() + (long) model.deltaRule().values());
    }
    long low =
        rank
            * Projection.adaptable(model, layer).stream()
                .filter(p -> !p.ofExperts() && !p.ofLayerInput())
                .count();
    long routed = shape().mixture() ? 4L * model.mixture().experts() : 0;
    return mixed + routed + element * ((2 + behind) * hidden() + fed + 2 * chosen() + low);
  }

  /** Of keys as projected, and values where they are normed. */
  private long projectedKeys() {
    boolean own = shape().keys() != LayerShape.Keys.OF_ANOTHER;
    long each = model.architecture().attention().valuesNormed() ? 2 : 1;
    return own ? each * model.keyValueSize(layer) : 0;
  }

  private boolean deltaRule() {
    return model.mixers().get(layer) == Mixer.DELTA_RULE;
  }

  /**
   * Of each token, what autograd keeps of a delta rule, in fp32: the convolution's sum and what
   * came of it; q, k, v and what of them goes into products, head by head; a chunk's triangular
   * systems and products of q and k; what was written and read; and of each chunk the state.
   */
  private long states() {
    DeltaRule rule = model.deltaRule();
    long keys = (long) rule.valueHeads() * rule.keySize();
    long chunks = 5L * rule.valueHeads() * DecoderProgram.CHUNK;
    long state = keys * rule.valueSize() / DecoderProgram.CHUNK;
    return 4 * (2L * rule.channels() + 6 * keys + 6L * rule.values() + chunks + state);
  }

  /**
   * Of each token, what is kept beside these: keys and values for every query head where they are
   * fewer; the scores of all tokens, with what became of them, where no kernel computes them
   * without; q and k as projected where v is a part of one matrix with them; what autograd keeps of
   * a delta rule.
   *
   * @param length tokens of an example
   */
  public long keptBeside(long length) {
    if (deltaRule()) {
      return states();
    }
    long repeated = model.heads() == shape().kvHeads() ? 0 : 2L * model.querySize(layer);
    long scores =
        model.architecture().scoresInMemory() ? 4 * SCORE_TENSORS * length * model.heads() : 0;
    boolean whole = model.architecture().fusedAttention() && !model.architecture().projectedKept();
    long projected = whole ? (long) model.querySize(layer) + model.keyValueSize(layer) : 0;
    return inside * repeated + scores + element * projected;
  }

  /**
   * All tensors that a layer makes and drops again, forward and backward: those of the hidden size,
   * of queries and keys, of gate and up.
   */
  public long temporaryPerToken() {
    long mixing =
        deltaRule()
            ? 2 * states()
            : inside * 15L * (model.querySize(layer) + model.keyValueSize(layer));
    return mixing
        + inside * (32 * hidden() + 8L * (shape().intermediate() + chosen()) + 3 * said());
  }

  /**
   * Bytes for each token while the feed-forward part goes back; norms compute in fp32. What was
   * kept is there once more if it was kept otherwise: gate and up.
   */
  public long workingPerToken() {
    long again = inside == element ? 0 : 2;
    long fed = shape().intermediate() + chosen();
    return inside * ((6 + again) * fed + 2 * hidden() + 2 * said()) + 4 * 3 * hidden();
  }

  /** Values of the chosen experts' gates. */
  private long chosen() {
    return shape().mixture() ? (long) model.mixture().chosen() * model.mixture().size() : 0;
  }

  /** Values of what the chosen experts say, each by itself. */
  private long said() {
    return shape().mixture() ? model.mixture().chosen() * hidden() : 0;
  }

  private LayerShape shape() {
    return model.shape(layer);
  }

  private long hidden() {
    return model.hiddenSize();
  }
}
