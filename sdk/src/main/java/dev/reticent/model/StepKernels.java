package dev.reticent.model;

import dev.reticent.api.Internal;
import dev.reticent.architecture.Activation;
import dev.reticent.architecture.Architecture;
import dev.reticent.architecture.LayerLayout;
import dev.reticent.architecture.LayerShape;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.NormPlace;
import dev.reticent.architecture.Projection;
import dev.reticent.engine.KernelDevice.Launch;
import dev.reticent.engine.NativeOperators;
import dev.reticent.engine.Tensor;
import dev.reticent.weights.Nf4;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
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

  /** Modules of a layer, in the order in which they are laid out. */
  private static final List<Projection> MODULES =
      List.of(
          Projection.Q,
          Projection.K,
          Projection.V,
          Projection.O,
          Projection.GATE,
          Projection.UP,
          Projection.DOWN);

  private static final Set<NormPlace> BEFORE = EnumSet.of(NormPlace.INPUT, NormPlace.FEED_FORWARD);
  private static final Set<NormPlace> OF_HEADS = EnumSet.of(NormPlace.QUERY, NormPlace.KEY);

  /** Outputs that a block makes at a time. */
  private static final int OUTPUTS = 16;

  /** Blocks of a multiprocessor, where each begins by filling what it looks up. */
  private static final int BLOCKS = 3;

  /** Elements that a thread takes. */
  private static final int EIGHT = 8;

  /** Torch's numbers of types. */
  private static final int BYTES = 0;

  private static final int FLOAT32 = 6;

  private final ModelConfig config;
  private final LayerLayout layout;
  private final List<Tensor> weights;
  private final List<Tensor> head;
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
    this.layout = new LayerLayout(config);
    this.weights = weights;
    this.head = head;
    this.store = store;
    this.memory = memory;
    this.changes = changes;
    this.processors = processors;
  }

  /** Whether a model's layers are of the kind that the kernels compute. */
  public static boolean know(ModelConfig config) {
    Architecture kind = config.architecture();
    Architecture.Attention attention = kind.attention();
    Set<NormPlace> places = kind.norms().places().keySet();
    LayerShape shape = config.shape(0);
    int threads = shape.headDim() / EIGHT;
    boolean norms =
        places.containsAll(BEFORE)
            && places.stream().allMatch(p -> BEFORE.contains(p) || OF_HEADS.contains(p))
            && attention.queryKeyNorm() == Architecture.QueryKeyNorm.EACH_HEAD
            && !kind.norms().centred()
            && !kind.norms().bias()
            && kind.norms().factors();
    boolean layers =
        Projection.of(config).equals(MODULES)
            && config.shapes().stream().distinct().count() == 1
            && shape.keys() == LayerShape.Keys.OWN
            && !kind.parallel()
            && !kind.layerScaled()
            && kind.layerInput().isEmpty()
            && kind.gated()
            && kind.activation() == Activation.SILU;
    boolean heads =
        shape.headDim() % (2 * EIGHT) == 0
            && Integer.bitCount(threads) == 1
            && threads <= 32
            && !attention.adjacentPairs()
            && !attention.byGroup()
            && !attention.valuesNormed()
            && !attention.sinks()
            && !attention.gated()
            && !attention.chunked()
            && attention.cap() == 0
            && attention.clip() == 0;
    boolean turning =
        !kind.learnedPositions()
            && !config.reach().grows()
            && config.turns().stream().allMatch(turn -> turn < config.ropes().size())
            && config.ropes().stream().allMatch(rope -> rope.rotaryDim() == shape.headDim());
    boolean sizes =
        LongStream.of(config.hiddenSize(), config.querySize(0), shape.intermediate())
            .allMatch(size -> size > 0 && size % Nf4.BLOCK == 0);
    Architecture.Scales scales = kind.scales();
    boolean plain =
        scales.embedding() == 1
            && scales.residual() == 1
            && scales.logits() == 1
            && scales.logitCap() == 0;
    return norms && layers && heads && turning && sizes && plain;
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
      long table = address(head.get(layout.embedding()), CardKernels.BFLOAT16);
      add("embed_bf16", rows, memory.ids(), table, memory.hidden(), config.hiddenSize());
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
          factors(layer, NormPlace.INPUT),
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
        norm(factors(layer, NormPlace.QUERY), memory.query(), memory.query(), size, config.heads());
        norm(factors(layer, NormPlace.KEY), memory.key(), memory.key(), size, shape.kvHeads());
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
          address(keys, CardKernels.BFLOAT16),
          address(store.get(2 * layer + 1), CardKernels.BFLOAT16),
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
          address(keys, CardKernels.BFLOAT16),
          address(store.get(2 * layer + 1), CardKernels.BFLOAT16),
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
      Tensor factors = factors(layer, NormPlace.FEED_FORWARD);
      norm(factors, memory.hidden(), memory.normed(), config.hiddenSize(), 1);
      lows(layer, memory.normed(), Projection.GATE, Projection.UP);
      boolean packed = packed(layer, Projection.GATE);
      List<Long> parameters = new ArrayList<>(List.of(memory.normed()));
      parameters.addAll(weight(layer, Projection.GATE));
      parameters.addAll(weight(layer, Projection.UP));
      if (packed) {
        parameters.addAll(tables());
      }
      int out = Projection.GATE.out(config, layer);
      parameters.addAll(List.of(memory.wide(), (long) out, (long) config.hiddenSize()));
      parameters.addAll(adapters(module(layer, Projection.GATE)));
      add(packed ? "nf4_gates_bf16" : "gates_bf16", blocks(packed, tiles(out)), parameters);
      Output down = new Output(Projection.DOWN, memory.hidden());
      modules(layer, memory.wide(), memory.hidden(), down);
    }

    private void logits() {
      norm(head.get(LayerLayout.TABLES), memory.hidden(), memory.normed(), config.hiddenSize(), 1);
      int module = config.layers() * MODULES.size();
      lows(module, 1, memory.normed(), config.hiddenSize());
      int place = layout.outputMatrix();
      List<Long> parameters =
          new ArrayList<>(
              List.of(
                  memory.normed(),
                  address(head.get(place), CardKernels.BFLOAT16),
                  optional(head.get(place + LayerLayout.MODULE_TENSORS - 1)),
                  memory.logits(),
                  (long) config.vocabSize(),
                  (long) config.hiddenSize()));
      parameters.addAll(adapters(module));
      add("logits_bf16", tiles(config.vocabSize()), parameters);
    }

    private void norm(Tensor factors, long x, long y, int size, int each) {
      Architecture.Norms norms = config.architecture().norms();
      add(
          "norm_bf16",
          (long) rows * each,
          x,
          address(factors, FLOAT32),
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
      boolean packed = packed(layer, projections[0]);
      List<Long> parameters = new ArrayList<>(List.of(x));
      long tiles = 0;
      for (int i = 0; i < 3; i++) {
        Output own = outputs[Math.min(i, outputs.length - 1)];
        long out = i < outputs.length ? own.projection().out(config, layer) : 0;
        parameters.addAll(weight(layer, own.projection()));
        parameters.addAll(List.of(own.address(), out));
        tiles += tiles(out);
      }
      if (packed) {
        parameters.addAll(tables());
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
    return layer * MODULES.size() + MODULES.indexOf(projection);
  }

  private static long tiles(long out) {
    return CardKernels.parts(out, OUTPUTS);
  }

  private long blocks(boolean packed, long tiles) {
    return packed ? Math.min(tiles, (long) BLOCKS * processors) : tiles;
  }

  private Tensor factors(int layer, NormPlace place) {
    List<NormPlace> places = List.copyOf(config.architecture().norms().places().keySet());
    return weights.get(LayerLayout.TABLES + layer * layout.layerTensors() + places.indexOf(place));
  }

  private boolean packed(int layer, Projection projection) {
    return operand(weights.get(place(layer, projection))).type() == BYTES;
  }

  private int place(int layer, Projection projection) {
    return layout.module(layer, MODULES.indexOf(projection));
  }

  /** The matrix, with its scales in NF4, and the bias. */
  private List<Long> weight(int layer, Projection projection) {
    int at = place(layer, projection);
    long bias = optional(weights.get(at + LayerLayout.MODULE_TENSORS - 1));
    return packed(layer, projection)
        ? List.of(
            address(weights.get(at), BYTES),
            address(weights.get(at + 1), BYTES),
            address(weights.get(at + 2), FLOAT32),
            bias)
        : List.of(address(weights.get(at), CardKernels.BFLOAT16), bias);
  }

  /** What NF4's bytes and scales stand for. */
  private List<Long> tables() {
    return List.of(address(weights.get(0), FLOAT32), address(weights.get(1), FLOAT32));
  }

  /** A vector in fp32, or 0 where it is absent. */
  private static long optional(Tensor tensor) {
    return operand(tensor).elements() == 0 ? 0 : address(tensor, FLOAT32);
  }

  private static long address(Tensor tensor, int type) {
    NativeOperators.Operand operand = operand(tensor);
    long address = operand.address();
    if (operand.type() != type || address % CardKernels.PIECE != 0) {
      throw new IllegalStateException(
          "a tensor of torch's type %d at %x, where %d is wanted at a multiple of %d"
              .formatted(operand.type(), address, type, CardKernels.PIECE));
    }
    return address;
  }

  private static NativeOperators.Operand operand(Tensor tensor) {
    return NativeOperators.operand(tensor);
  }
}
