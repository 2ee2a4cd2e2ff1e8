package dev.reticent.model;

import dev.reticent.api.Internal;
import dev.reticent.architecture.Architecture;
import dev.reticent.architecture.LayerShape;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.NormPlace;
import dev.reticent.architecture.Projection;
import dev.reticent.engine.KernelDevice.Launch;
import dev.reticent.engine.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A step of single tokens as kernels of ours alone ({@code step.cu} and those of the script): some
 * ten for each layer, which find all that changes from step to step in {@link StepMemory}.
 *
 * <p>A layer is x + O(attention of norm(x)), then the same plus down(silu(gate)·up) of its norm.
 */
@Internal
public final class StepKernels {

  /** The most rows of a step. */
  public static final int ROWS = ProductKernels.ROWS;

  /** Outputs that a block makes at a time. */
  private static final int OUTPUTS = 16;

  /** Blocks of a multiprocessor, where each begins by filling what it looks up. */
  private static final int BLOCKS = 3;

  /** Elements that a thread takes. */
  private static final int EIGHT = 8;

  private final ModelConfig config;
  private final StepWeights weights;
  private final List<Tensor> store;
  private final StepMemory memory;
  private final Changes changes;
  private final int processors;

  /** What the table of changes holds; its records lie as {@code step.cu} says. */
  public interface Changes {

    /** Numbers of a record: A, B, what parts B's rows, rank, scale, gain, shift. */
    int CELLS = 7;

    /** Records of a module: one for each adapter, and one for none. */
    int kinds();

    /** The highest rank. */
    int most();

    /** Whether any adapter has a low-rank part in a module; the output matrix comes last. */
    boolean ranked(int module);
  }

  /**
   * @param weights of all layers, behind the tables of NF4
   * @param store keys and values of each layer
   * @param processors the device's multiprocessors
   */
  public StepKernels(
      ModelConfig config,
      List<Tensor> weights,
      List<Tensor> head,
      List<Tensor> store,
      StepMemory memory,
      Changes changes,
      int processors) {
    this.config = config;
    this.weights = new StepWeights(config, weights, head);
    this.store = store;
    this.memory = memory;
    this.changes = changes;
    this.processors = processors;
  }

  /** Whether a model's layers are of the kind that the kernels compute. */
  public static boolean know(ModelConfig config) {
    return StepModels.known(config);
  }

  /**
   * The kernels of a step.
   *
   * @param rows how many, up to {@link #ROWS}
   * @param adapted whether any of them may use an adapter
   */
  public List<Launch> launches(int rows, boolean adapted) {
    return new Step(rows, adapted).all();
  }

  /** One step's kernels, as they are listed. */
  private final class Step {
    private final int rows;
    private final boolean adapted;
    private final List<Launch> launches = new ArrayList<>();

    Step(int rows, boolean adapted) {
      this.rows = rows;
      this.adapted = adapted;
    }

    List<Launch> all() {
      add(
          "embed_bf16",
          rows,
          memory.ids(),
          weights.embedding(),
          memory.hidden(),
          config.hiddenSize());
      for (int layer = 0; layer < config.layers(); layer++) {
        attention(layer);
        feedForward(layer);
      }
      logits();
      return launches;
    }

    private void attention(int layer) {
      LayerShape shape = config.shape(layer);
      norm(
          weights.norm(layer, NormPlace.INPUT),
          memory.hidden(),
          memory.normed(),
          config.hiddenSize(),
          1);
      modules(
          layer,
          memory.normed(),
          0,
          new Output(Projection.Q, memory.query()),
          new Output(Projection.K, memory.key()),
          new Output(Projection.V, memory.value()));
      if (config.architecture().queryKeyNormed()) {
        int size = shape.headDim();
        norm(
            weights.norm(layer, NormPlace.QUERY),
            memory.query(),
            memory.query(),
            size,
            config.heads());
        norm(weights.norm(layer, NormPlace.KEY), memory.key(), memory.key(), size, shape.kvHeads());
      }
      long half = shape.headDim() / 2;
      long count = (long) rows * (config.heads() + shape.kvHeads()) * half / EIGHT;
      int turn = config.turns().get(layer);
      Tensor keys = store.get(2 * layer);
      add(
          "place_bf16",
          CardKernels.parts(count, CardKernels.THREADS),
          memory.query(),
          memory.key(),
          memory.value(),
          memory.cos(turn),
          memory.sin(turn),
          memory.slots(),
          memory.turned(),
          StepWeights.narrow(keys),
          StepWeights.narrow(store.get(2 * layer + 1)),
          count,
          config.heads(),
          shape.kvHeads(),
          half);
      double scale = config.architecture().attention().scale();
      float effective = (float) (scale == 0 ? 1 / Math.sqrt(shape.headDim()) : scale);
      add(
          "attend_bf16",
          (long) rows * config.heads(),
          memory.turned(),
          StepWeights.narrow(keys),
          StepWeights.narrow(store.get(2 * layer + 1)),
          memory.blocks(),
          memory.ends(),
          memory.positions(),
          memory.seen(),
          config.heads(),
          shape.kvHeads(),
          shape.headDim(),
          keys.shape()[1],
          config.windows().get(layer),
          Float.floatToRawIntBits(effective));
      modules(layer, memory.seen(), memory.hidden(), new Output(Projection.O, memory.hidden()));
    }

    private void feedForward(int layer) {
      long factors = weights.norm(layer, NormPlace.FEED_FORWARD);
      norm(factors, memory.hidden(), memory.normed(), config.hiddenSize(), 1);
      lows(layer, memory.normed(), Projection.GATE, Projection.UP);
      boolean packed = weights.packed(layer, Projection.GATE);
      List<Long> parameters = new ArrayList<>(List.of(memory.normed()));
      parameters.addAll(weights.matrix(layer, Projection.GATE));
      parameters.addAll(weights.matrix(layer, Projection.UP));
      if (packed) {
        parameters.addAll(weights.tables());
      }
      int out = Projection.GATE.out(config, layer);
      parameters.addAll(List.of(memory.wide(), (long) out, (long) config.hiddenSize()));
      parameters.addAll(adapters(module(layer, Projection.GATE)));
      add(packed ? "nf4_gates_bf16" : "gates_bf16", blocks(packed, tiles(out)), parameters);
      Output down = new Output(Projection.DOWN, memory.hidden());
      modules(layer, memory.wide(), memory.hidden(), down);
    }

    private void logits() {
      norm(weights.lastNorm(), memory.hidden(), memory.normed(), config.hiddenSize(), 1);
      int module = config.layers() * StepModels.MODULES.size();
      lows(module, 1, memory.normed(), config.hiddenSize());
      List<Long> parameters =
          new ArrayList<>(
              List.of(
                  memory.normed(),
                  weights.output(),
                  weights.outputBias(),
                  memory.logits(),
                  (long) config.vocabSize(),
                  (long) config.hiddenSize()));
      parameters.addAll(adapters(module));
      add("logits_bf16", tiles(config.vocabSize()), parameters);
    }

    private void norm(long factors, long x, long y, int size, int each) {
      Architecture.Norms norms = config.architecture().norms();
      add(
          "norm_bf16",
          (long) rows * each,
          x,
          factors,
          y,
          size,
          Float.floatToRawIntBits((float) norms.epsilon()),
          norms.float32() ? 1 : 0,
          norms.offset() ? 1 : 0);
    }

    /** Modules of one input, up to three; `add` is the address of what is added, or 0. */
    private void modules(int layer, long x, long add, Output... outputs) {
      Projection[] projections =
          Stream.of(outputs).map(Output::projection).toArray(Projection[]::new);
      lows(layer, x, projections);
      boolean packed = weights.packed(layer, projections[0]);
      List<Long> parameters = new ArrayList<>(List.of(x));
      long tiles = 0;
      for (int i = 0; i < 3; i++) {
        Output own = outputs[Math.min(i, outputs.length - 1)];
        long out = i < outputs.length ? own.projection().out(config, layer) : 0;
        parameters.addAll(weights.matrix(layer, own.projection()));
        parameters.addAll(List.of(own.address(), out));
        tiles += tiles(out);
      }
      if (packed) {
        parameters.addAll(weights.tables());
      }
      parameters.addAll(List.of(add, (long) projections[0].in(config, layer)));
      parameters.addAll(adapters(module(layer, projections[0])));
      add(packed ? "nf4_modules_bf16" : "modules_bf16", blocks(packed, tiles), parameters);
    }

    private void lows(int layer, long x, Projection... projections) {
      int in = projections[0].in(config, layer);
      lows(module(layer, projections[0]), projections.length, x, in);
    }

    /** What adapters make of the input of modules that follow each other. */
    private void lows(int module, int count, long x, int in) {
      boolean any = false;
      for (int m = module; m < module + count; m++) {
        any |= changes.ranked(m);
      }
      if (adapted && any) {
        add(
            "lows_bf16",
            (long) count * rows * changes.most(),
            x,
            record(module),
            memory.adapters(),
            memory.lows(),
            in,
            changes.kinds(),
            changes.most(),
            rows);
      }
    }

    /** changes, which, lows, kinds, most, rows. */
    private List<Long> adapters(int module) {
      return List.of(
          adapted ? record(module) : 0L,
          memory.adapters(),
          memory.lows(),
          (long) changes.kinds(),
          (long) changes.most(),
          (long) rows);
    }

    private void add(String kernel, long blocks, long... parameters) {
      add(kernel, blocks, LongStream.of(parameters).boxed().collect(Collectors.toList()));
    }

    private void add(String kernel, long blocks, List<Long> parameters) {
      launches.add(new Launch(kernel, blocks, CardKernels.THREADS, parameters));
    }
  }

  /** Where a module's outputs go. */
  private record Output(Projection projection, long address) {}

  private long record(int module) {
    return memory.changes() + 8L * Changes.CELLS * changes.kinds() * module;
  }

  private static int module(int layer, Projection projection) {
    return layer * StepModels.MODULES.size() + StepModels.MODULES.indexOf(projection);
  }

  private static long tiles(long out) {
    return CardKernels.parts(out, OUTPUTS);
  }

  private long blocks(boolean packed, long tiles) {
    return packed ? Math.min(tiles, (long) BLOCKS * processors) : tiles;
  }
}
