package dev.reticent.plan;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.architecture.LayerLayout;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.format.TensorSpec;
import dev.reticent.model.LayerMemory;
import dev.reticent.settings.FinetuneConfig;
import dev.reticent.settings.LoraSettings;
import dev.reticent.settings.ModelSettings;
import dev.reticent.training.PhysicalBatch;
import dev.reticent.weights.Activations;
import dev.reticent.weights.ComputeType;
import dev.reticent.weights.Quantization;
import dev.reticent.weights.TensorNames;
import java.util.Locale;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/**
 * How much memory a run takes at its peak, in bytes, when every example is as long as allowed.
 *
 * <p>The size of a logical batch plays no part: only micro-batches are in memory. With several
 * devices, {@code weights}, {@code activations}, {@code working} and {@code gradients} are those of
 * the fullest one; on the CPU, where all share the host's memory, they are those of all.
 *
 * @param weights the base model as it is held
 * @param activations what micro-batches keep for their backward passes
 * @param working what one layer, or the output matrix with its logits, takes while it computes
 * @param gradients of the micro-batches, and on a card their sums
 * @param fragments what malloc cannot use again beside tensors of these sizes, on the CPU
 * @param state trained values, optimizer, sums and noise, on the host
 * @param runtime Java and libtorch themselves, on the host
 * @param onHost whether the devices' memory is the host's
 */
public record MemoryEstimate(
    long weights,
    long activations,
    long working,
    long gradients,
    long fragments,
    long state,
    long runtime,
    boolean onHost) {

  /**
   * Java with its classes and compiled code, and the pages of libtorch that are in use. Measured:
   * 45 steps with micro-batches of one row of 64 tokens, under the launcher's settings, less what
   * this class says of the rest.
   */
  private static final long RUNTIME = 325_000_000L;

  /**
   * Share of the temporary tensors of a layer and of the logits that lies idle between others at
   * the peak. Measured: 8 rows of 256 tokens on 4 layers of 512, with and without kept activations,
   * under the launcher's settings, less what this class said of the rest then: 113 and 115 MB of
   * 418, before keys and queries were kept once.
   */
  private static final double IDLE = 0.27;

  /**
   * Host bytes for each trained value: values 4, AdamW's moments 8, fixed-point sum 8, the part of
   * a micro-batch 8, the mean 4, a copy for the device 4.
   */
  private static final int STATE_BYTES = 36;

  /** The same of a step's noise, which is drawn while a card computes. */
  private static final int NOISE_BYTES = 8;

  /** On a card, of each value of a sum in whole numbers, and of what a micro-batch adds to it. */
  private static final int SUM_BYTES = 8;

  private static final double NF4_BYTES = 4.127 / 8;

  static MemoryEstimate of(FinetuneConfig config, ModelConfig model, long trainable) {
    ModelSettings settings = config.model();
    boolean onHost = settings.devices().stream().allMatch(d -> d.kind().equals("cpu"));
    long distinct = settings.devices().stream().distinct().count();
    long workers =
        onHost
            ? settings.devices().size()
            : settings.devices().stream()
                .distinct()
                .mapToLong(d -> settings.devices().stream().filter(d::equals).count())
                .max()
                .orElse(1);
    ComputeType compute = settings.computeType();
    long element = compute.bytes();
    long inside = compute.inside(settings.devices().get(0)).bytes();
    boolean full = config.lora().isEmpty();
    Shape shape = new Shape(model, settings, full ? 4 : element, element, inside);
    int rows = config.batch().physical();
    int longest = config.dataset().maxTokens();
    boolean perExample = config.privacy().enabled();
    int padded = perExample ? PhysicalBatch.padded(longest) : longest;
    long length = Math.min(padded, model.maxPositions());
    long tokens = rows * length;
    long rank = config.lora().map(LoraSettings::rank).orElse(0);

    long layers = shape.sum(shape::layerBytes);
    long layer = shape.most(shape::layerBytes);
    long held =
        switch (settings.placement(config.zeroStage())) {
          case REPLICATED -> layers * (onHost ? distinct : 1);
          case SHARDED ->
              (layers + distinct - 1) / (onHost ? 1 : distinct)
                  + 3 * layer * (distinct > 1 ? (onHost ? distinct : 1) : 0);
          case HOST ->
              onHost && settings.devices().stream().allMatch(ComputeDevice.CPU::equals)
                  ? layers
                  : 3 * layer + (onHost ? layers : 0);
        };
    long weights = held + shape.tableBytes() * (onHost ? distinct : 1);
    boolean keep = settings.activations() == Activations.KEEP;
    long input = tokens * model.hiddenSize() * element;
    long activations =
        workers
            * (keep
                ? tokens * shape.sum(l -> shape.keptPerToken(l, rank, length))
                : model.layers() * input
                    + tokens * shape.most(l -> shape.keptPerToken(l, rank, length)));
    boolean whole =
        config.lora().filter(lora -> lora.dropout() > 0).stream()
            .anyMatch(lora -> lora.spec(model).targets().contains(Projection.HEAD.target(model)));
    long atOnce = LayerMemory.logitsAtOnce(rows, length, model.vocabSize(), whole);
    long working =
        workers
            * Math.max(
                tokens * shape.workingPerToken() + shape.largestMatrix(),
                atOnce * (inside == 4 ? 4 : 8) + shape.widenedHead());
    long fragments =
        onHost
            ? (long)
                (IDLE
                    * workers
                    * (shape.temporaryBytes(tokens) + LayerMemory.LOGIT_TENSORS * atOnce * 4))
            : 0;
    long each = trainable * 4;
    long ofRows = (perExample ? rows : 1) * each;
    long sums = onHost ? 0 : SUM_BYTES * trainable;
    long gradients =
        sums
            + workers
                * (Math.max(ofRows, sums)
                    + (full
                        ? Math.max(4 * shape.matrices(), 4 * shape.tables())
                        : each / model.layers()));
    return new MemoryEstimate(
        weights,
        activations,
        working,
        gradients,
        fragments,
        (STATE_BYTES + (perExample && !onHost ? NOISE_BYTES : 0)) * trainable,
        RUNTIME,
        onHost);
  }

  /**
   * What follows from a model's shape.
   *
   * @param held bytes of a weight that is not quantized
   * @param element bytes of a value between layers
   * @param inside bytes of a value inside a layer
   */
  private record Shape(
      ModelConfig model, ModelSettings settings, long held, long element, long inside) {

    private long hidden() {
      return model.hiddenSize();
    }

    /** Values of the embedding table and the output matrix. */
    long tables() {
      long rows = (model.tiedEmbeddings() ? 1L : 2L) * model.vocabSize();
      long positions = model.architecture().learnedPositions() ? model.maxPositions() : 0;
      long inputs =
          new TensorNames(model).layerInput().stream().mapToLong(TensorSpec::elements).sum();
      return (rows + positions) * hidden() + inputs;
    }

    long tableBytes() {
      return tables() * held;
    }

    /** Of all layers together. */
    long sum(IntToLongFunction ofLayer) {
      return IntStream.range(0, model.layers()).mapToLong(ofLayer).sum();
    }

    /** Of the layer that has most of it. */
    long most(IntToLongFunction ofLayer) {
      return IntStream.range(0, model.layers()).mapToLong(ofLayer).max().orElse(0);
    }

    /** Values of the largest layer's matrices. */
    long matrices() {
      return most(layer -> Projection.layerValues(model, layer));
    }

    long layerBytes(int layer) {
      double each =
          settings.quantization() == Quantization.NF4
              ? NF4_BYTES
              : settings.quantization() == Quantization.INT8 ? 1 : held;
      long vectors =
          new LayerLayout(model)
              .vectors(layer).stream()
                  .filter(v -> v.isIn(model, layer))
                  .mapToLong(v -> v.elements())
                  .sum();
      return (long) (Projection.layerValues(model, layer) * each) + 4 * vectors;
    }

    /** Values of a layer's matrices that are converted; of all experts' one at a time. */
    private long convertedMatrices(int layer) {
      return Projection.of(model, layer).stream()
          .mapToLong(p -> p.values(model, layer) / p.parts(model))
          .sum();
    }

    /** Bytes of the largest matrix as it is computed with, where that is not how it is held. */
    long largestMatrix() {
      long largest =
          most(
              layer ->
                  Projection.of(model, layer).stream()
                      .mapToLong(p -> p.values(model, layer) / p.parts(model))
                      .max()
                      .orElse(0));
      long parts =
          switch (settings.quantization()) {
            case NONE -> 0;
            case INT8 -> 4 * largest;
            case NF4 -> LayerMemory.NF4_UNPACKING;
          };
      return converted() ? largest * inside + parts : 0;
    }

    private LayerMemory memory(int layer) {
      return new LayerMemory(model, layer, element, inside);
    }

    /**
     * Bytes that a layer keeps for each token.
     *
     * @param length tokens of an example
     */
    long keptPerToken(int layer, long rank, long length) {
      return memory(layer).keptTensors(rank) + memory(layer).keptBeside(length);
    }

    /**
     * Bytes of the temporary tensors of the layer with most of them, with twice each matrix that is
     * converted.
     */
    long temporaryBytes(long tokens) {
      return most(
          layer ->
              tokens * memory(layer).temporaryPerToken()
                  + (converted() ? 2 * inside * convertedMatrices(layer) : 0));
    }

    /** Bytes of the output matrix as it is computed with, where that is not how it is held. */
    long widenedHead() {
      return held == inside ? 0 : inside * model.vocabSize() * hidden();
    }

    private boolean converted() {
      return settings.quantization() != Quantization.NONE || held != inside;
    }

    long workingPerToken() {
      return most(layer -> memory(layer).workingPerToken());
    }
  }

  /** What is in the devices' memory. */
  public long device() {
    return weights + activations + working + gradients + fragments;
  }

  /** All of it. */
  public long total() {
    return device() + state + runtime;
  }

  /** One line for a person. */
  public String toText() {
    String device =
        String.format(
            Locale.ROOT,
            "weights %s, activations %s, working %s, gradients %s%s",
            words(weights),
            words(activations),
            words(working),
            words(gradients),
            fragments > 0 ? ", fragments " + words(fragments) : "");
    String host =
        String.format(Locale.ROOT, "trained values %s, runtime %s", words(state), words(runtime));
    return onHost
        ? "about " + words(total()) + " of memory: " + device + ", " + host
        : "about "
            + words(device())
            + " on a device: "
            + device
            + "; and "
            + words(state + runtime)
            + " on the host: "
            + host;
  }

  static String words(long bytes) {
    return bytes >= 10_000_000_000L
        ? String.format(Locale.ROOT, "%.1f GB", bytes / 1e9)
        : String.format(Locale.ROOT, "%.0f MB", bytes / 1e6);
  }

  /** The estimate as data, in bytes. */
  ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("total", total())
        .put("device", device())
        .put("weights", weights)
        .put("activations", activations)
        .put("working", working)
        .put("gradients", gradients)
        .put("fragments", fragments)
        .put("state", state)
        .put("runtime", runtime);
  }
}
