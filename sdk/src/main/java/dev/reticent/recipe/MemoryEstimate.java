package dev.reticent.recipe;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.model.ComputeType;
import dev.reticent.model.ModelConfig;
import dev.reticent.model.Quantization;
import java.util.Locale;

/**
 * About how much memory a run takes at most, in bytes, when every example is as long as allowed.
 *
 * <p>The size of a logical batch plays no part: only micro-batches are in memory.
 *
 * @param weights the frozen base as it is held, and one layer of it as it computes
 * @param activations what a micro-batch keeps for its backward pass, for all workers
 * @param gradients per-example gradients of the micro-batches, for all workers
 * @param state trained values, optimizer, sums and noise
 * @param runtime Java and libtorch themselves
 */
public record MemoryEstimate(
    long weights, long activations, long gradients, long state, long runtime) {

  private static final long RUNTIME = 400L << 20;

  /**
   * Bytes of host memory for each trained value: values, AdamW's moments, fixed-point sum, noise.
   */
  private static final int STATE_BYTES = 36;

  private static final double NF4_BYTES = 0.52;

  static MemoryEstimate of(FinetuneConfig config, ModelConfig model, long trainable) {
    ModelSettings settings = config.model();
    int workers = settings.devices().size();
    int element = settings.computeType() == ComputeType.BFLOAT16 ? 2 : 4;
    long d = model.hiddenSize();
    long q = (long) model.heads() * model.headDim();
    long kv = (long) model.kvHeads() * model.headDim();
    long f = model.intermediateSize();
    long layer = 2 * d * q + 2 * d * kv + 3 * d * f;
    long tables = (model.tiedEmbeddings() ? 1L : 2L) * model.vocabSize() * d;
    double each =
        settings.quantization() == Quantization.NF4
            ? NF4_BYTES
            : settings.quantization() == Quantization.INT8 ? 1 : element;
    long weights =
        (long) (model.layers() * layer * each)
            + tables * element
            + (settings.quantization() == Quantization.NONE ? 0 : workers * layer * element);
    int rows = config.batch().physical();
    int length = Math.min(config.dataset().maxTokens(), model.maxPositions());
    long tokens = (long) rows * length;
    // Of a layer: its input, two norms, two sums and its output [D]; q and k before and after
    // turning, k and v for every head, the attention's output; gate, up, activation, product [F].
    long perToken = 6 * d + 5 * q + 2 * kv + 4 * f;
    long activations = workers * tokens * model.layers() * perToken * element;
    long gradients = workers * 2L * (config.privacy().enabled() ? rows : 1) * trainable * 4;
    return new MemoryEstimate(weights, activations, gradients, STATE_BYTES * trainable, RUNTIME);
  }

  /** All of it. */
  public long total() {
    return weights + activations + gradients + state + runtime;
  }

  /** One line for a person. */
  public String toText() {
    return String.format(
        Locale.ROOT,
        "about %s of memory: weights %s, activations %s, gradients %s, trained values %s, runtime %s",
        megabytes(total()),
        megabytes(weights),
        megabytes(activations),
        megabytes(gradients),
        megabytes(state),
        megabytes(runtime));
  }

  private static String megabytes(long bytes) {
    return bytes >= 10_000_000_000L
        ? String.format(Locale.ROOT, "%.1f GB", bytes / 1e9)
        : String.format(Locale.ROOT, "%.0f MB", bytes / 1e6);
  }

  /** The same as data, in bytes. */
  ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("total", total())
        .put("weights", weights)
        .put("activations", activations)
        .put("gradients", gradients)
        .put("state", state)
        .put("runtime", runtime);
  }
}
