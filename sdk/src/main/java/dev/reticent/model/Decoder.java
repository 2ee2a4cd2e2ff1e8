package dev.reticent.model;

import dev.reticent.architecture.LayerLayout;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.KernelDevice;
import dev.reticent.engine.Program;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.weights.Activations;
import dev.reticent.weights.ComputeType;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.DecoderWeights;
import dev.reticent.weights.FlatSource;
import dev.reticent.weights.LayerLease;
import dev.reticent.weights.Placement;
import dev.reticent.weights.Quantization;
import dev.reticent.weights.WeightCache;
import dev.reticent.weights.WeightLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A decoder-only language model on one device, ready to be run layer by layer.
 *
 * <p>Training goes layer by layer: {@link #layerKeep} leaves a layer's output and what {@link
 * #layerBackward} needs, which is little or much as {@link Activations} says. Sequences of a batch
 * are padded on the right; attention is causal, so padding changes no result. Shapes: B examples, T
 * positions, D hidden size, V vocabulary, K answer positions.
 *
 * <p>Safe for use by many threads; tensors returned belong to the scope given.
 */
public final class Decoder implements AutoCloseable {

  private final ModelConfig config;
  private final DecoderOptions options;
  private final Program program;
  private final DecoderGroup group;
  private final Tensor like;
  private final KnownPositions positions;

  Decoder(DecoderGroup group, DecoderOptions options, Program program) {
    this.config = group.config();
    this.group = group;
    this.options = options;
    this.program = program;
    Tensor float32 = Tensor.of(options.device(), new float[1], 1);
    if (options.compute() == ComputeType.BFLOAT16) {
      try (Scope scope = new Scope()) {
        like = scope.release(program.call(scope, "bfloat16", float32).get(0));
      }
      float32.close();
    } else {
      like = float32;
    }
    this.positions = new KnownPositions(config, options.device(), program, like);
  }

  /**
   * Loads a Hugging Face model folder for one device.
   *
   * @throws dev.reticent.config.UserInputException when the folder holds no model of a supported
   *     family, or its weights do not fit its config
   */
  public static Decoder load(Path folder, DecoderOptions options) {
    return DecoderGroup.load(
            folder,
            List.of(options.device()),
            options,
            Placement.REPLICATED,
            WeightCache.none(),
            notice -> {})
        .decoders()
        .get(0);
  }

  public ModelConfig config() {
    return config;
  }

  public DecoderOptions options() {
    return options;
  }

  public ComputeDevice device() {
    return options.device();
  }

  /**
   * Replaces every weight of this decoder and of the others of its group, for full fine-tuning. No
   * call may be under way.
   *
   * @param values all weights in the order of {@link WeightLayout}
   */
  public void setWeights(WeightLayout layout, float[] values) {
    group.setWeights(new FlatSource(layout, values));
  }

  /** Token ids [B,T] to the first layer's input [B,T,D]. */
  public Tensor embed(Scope scope, Tensor ids) {
    return one(scope, "embed", ids, weights().head(), like);
  }

  /** Token ids [B,T] to the input [B,T,D], with an adapter that may have embeddings of its own. */
  public Tensor embed(Scope scope, Tensor ids, AdapterTensors adapter) {
    if (adapter.table().shape()[0] == 0) {
      return embed(scope, ids);
    }
    List<Tensor> head = new ArrayList<>(weights().head());
    head.set(new LayerLayout(config).embedding(), adapter.table());
    return one(scope, "embed", ids, head, like);
  }

  /** Its modules' own matrices and biases, beside which an adapter's are placed. */
  public ModuleWeights modules() {
    return new ModuleWeights(config, program, weights(), like);
  }

  /** What layers are given beside the input [B,T,D] that comes of the ids [B,T]. */
  public LayerExchange exchange(Scope scope, Tensor ids, Tensor embedded) {
    return new LayerExchange(this, scope, ids, embedded);
  }

  /** A layer's output [B,T,D] without gradients. */
  public Tensor layerForward(
      Scope scope,
      int layer,
      Tensor x,
      RotaryPositions at,
      LayerExchange exchange,
      AdapterTensors adapter) {
    boolean lends = config.lends(layer);
    try (LayerLease own = weights().layer(layer, layer + 1)) {
      List<Tensor> found =
          program.call(
              scope,
              "layer_forward",
              x,
              at.turns().get(layer),
              at.masks().get(layer),
              exchange.given(layer),
              lends,
              own.tensors(),
              adapter.layer(layer));
      if (lends) {
        exchange.lend(layer, found.subList(1, 3));
      }
      return found.get(0);
    }
  }

  /**
   * A layer's output, and what its backward pass needs: with {@link Activations#KEEP} its
   * activations, else its input alone.
   *
   * @param x its input [B,T,D], which the result holds
   */
  public KeptLayer layerKeep(
      Scope scope,
      int layer,
      Tensor x,
      RotaryPositions at,
      LayerExchange exchange,
      AdapterTensors adapter) {
    if (options.activations() == Activations.RECOMPUTE) {
      return new KeptLayer(x, layerForward(scope, layer, x, at, exchange, adapter), List.of());
    }
    try (LayerLease own = weights().layer(layer, layer + 1)) {
      List<Tensor> result =
          program.call(
              scope,
              "layer_keep",
              x,
              at.turns().get(layer),
              at.masks().get(layer),
              exchange.given(layer),
              own.tensors(),
              adapter.layer(layer));
      List<Tensor> kept = result.subList(1, result.size());
      if (config.lends(layer)) {
        exchange.lend(layer, LayerLayout.keysOf(kept));
      }
      return new KeptLayer(x, result.get(0), kept);
    }
  }

  /**
   * The gradients of a layer, which is run again where only its input was kept; frees nothing.
   * Those of the first layer's input are absent, of shape [0], unless its weights are trained:
   * nothing lies before it.
   *
   * @param dy gradients of its output [B,T,D]
   * @param trainWeights gradients of all its weights (norms, then matrix and bias by projection);
   *     else of its LoRA matrices, A then B, in projection order
   */
  public LayerGradients layerBackward(
      Scope scope,
      int layer,
      KeptLayer kept,
      Tensor dy,
      RotaryPositions at,
      LayerExchange exchange,
      AdapterTensors adapter,
      boolean perExample,
      boolean trainWeights) {
    try (LayerLease own = weights().layer(layer, layer - 1)) {
      List<Tensor> result =
          program.call(
              scope,
              "layer_backward",
              kept.input(),
              dy,
              at.turns().get(layer),
              at.masks().get(layer),
              exchange.givenBack(layer),
              kept.activations(),
              own.tensors(),
              adapter.layer(layer),
              perExample,
              trainWeights,
              layer > 0 || trainWeights);
      int parameters = result.size();
      if (config.keyLayer(layer) != layer) {
        parameters -= 2;
        exchange.giveBack(this, scope, layer, result.subList(parameters, result.size()));
      }
      return new LayerGradients(result.get(0), result.subList(1, parameters));
    }
  }

  /** Losses [B] of the answers from the last layer's output [B,T,D]. */
  public Tensor losses(Scope scope, Tensor h, LossTargets answers, AdapterTensors adapter) {
    return one(
        scope,
        "batch_losses",
        h,
        answers.positions(),
        answers.targets(),
        answers.mask(),
        weights().head(),
        adapter.head());
  }

  /**
   * Losses and the first gradient of the backward pass.
   *
   * @param trainWeights gradients of final norm and output matrix; else of the head's adapter
   */
  public HeadGradients headBackward(
      Scope scope,
      Tensor h,
      LossTargets answers,
      AdapterTensors adapter,
      boolean perExample,
      boolean trainWeights) {
    List<Tensor> result =
        program.call(
            scope,
            "head_backward",
            h,
            answers.positions(),
            answers.targets(),
            answers.mask(),
            weights().head(),
            adapter.head(),
            perExample,
            trainWeights);
    return new HeadGradients(result.get(0), result.get(1), result.subList(2, result.size()));
  }

  /**
   * Gradients of the embedding table from those of the first layer's input, and of the table of
   * learned positions in models that have one.
   */
  public List<Tensor> embedBackward(Scope scope, Tensor ids, Tensor dx, boolean perExample) {
    return program.call(scope, "embed_backward", ids, dx, weights().head(), perExample);
  }

  /** Adds the gradients [B,V·D] of an embedding table to those of the output matrix it also is. */
  public Tensor addTied(Scope scope, Tensor head, Tensor embedding) {
    return one(scope, "add_tied", head, embedding);
  }

  /** Logits [T·V] at every position of one sequence. */
  public float[] logits(int[] ids, AdapterTensors adapter) {
    try (Scope scope = new Scope()) {
      Tensor given = scope.own(Tensor.of(device(), longs(ids), 1, ids.length));
      Tensor x = embed(scope, given, adapter);
      RotaryPositions at = positions(scope, ids.length, new int[] {ids.length});
      LayerExchange exchange = exchange(scope, given, x);
      for (int layer = 0; layer < config.layers(); layer++) {
        Tensor input = x;
        x = layerForward(scope, layer, input, at, exchange, adapter);
        scope.free(input);
      }
      return one(scope, "all_logits", x, weights().head(), adapter.head()).toFloats();
    }
  }

  /**
   * Whether single tokens of several rows get the bits that each gets alone, whatever the number.
   */
  public boolean rowsApart() {
    return !device().onHost()
        && options.compute() == ComputeType.BFLOAT16
        && options.quantization() != Quantization.INT8
        && CardKernels.usable();
  }

  /** The card that decodes single tokens by kernels of ours; to be closed. */
  public Optional<KernelDevice> kernelDevice() {
    return rowsApart() ? CardKernels.device(device().index()) : Optional.empty();
  }

  public Program program() {
    return program;
  }

  public DecoderWeights weights() {
    return group.weights(options.device());
  }

  public Tensor like() {
    return like;
  }

  private Tensor one(Scope scope, String method, Object... arguments) {
    return program.call(scope, method, arguments).get(0);
  }

  static long[] longs(int[] ids) {
    long[] values = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      values[i] = ids[i];
    }
    return values;
  }

  /**
   * The turns of T positions for examples of the given lengths.
   *
   * <p>Only longrope cares for an example's own length: its turns change beyond a boundary, and
   * must not depend on how far a neighbor in the batch pads it.
   */
  public RotaryPositions positions(Scope scope, int padded, int[] lengths) {
    return positions.of(scope, padded, lengths);
  }

  /** Closes the group this decoder belongs to. */
  @Override
  public void close() {
    group.close();
  }

  /** Frees what is its own beside the weights. */
  void free() {
    positions.close();
    like.close();
  }
}
