package dev.reticent.decoding;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.engine.KernelDevice;
import dev.reticent.engine.NativeOperators;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.model.StepKernels;
import dev.reticent.model.StepMemory;
import dev.reticent.weights.ComputeType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Single tokens on a card, by kernels of ours alone.
 *
 * <p>The script has a card launch hundreds of kernels for a token, and each costs the host more
 * than it costs the card. Here what a step launches follows from the number of its rows, and all
 * that changes lies in {@link StepMemory}; so the list is made once for each number and is run by
 * one call.
 *
 * <p>A row's bits depend on its own tokens and adapter: a product gives it the same in any company,
 * it attends by itself, and only its own adapter is computed for it. The first step is held against
 * the script's; where it differs, all tokens are the script's.
 */
final class CardDecoder implements TokenDecoder {

  private static final System.Logger LOG = System.getLogger(CardDecoder.class.getName());

  /** How far apart logits may be, of their size: roundings to bf16 in every layer. */
  private static final double APART = 0.1;

  /** A number of rows, and whether some of them use adapters. */
  private record Kind(int rows, boolean adapted) {}

  private final SessionParts parts;
  private final TokenDecoder.Step script;
  private final KernelDevice device;
  private final Tensor room;
  private final StepMemory memory;
  private final StepKernels kernels;
  private final Map<Kind, KernelDevice.Replay> ready = new HashMap<>();
  private Optional<AdapterStack> known = Optional.empty();
  private boolean tried;
  private boolean refused;

  private CardDecoder(KernelDevice device, SessionParts parts, TokenDecoder.Step script) {
    this.device = device;
    this.parts = parts;
    this.script = script;
    ModelConfig config = parts.decoder().config();
    CardChanges changes = new CardChanges(config, parts.adapters().stack());
    this.memory =
        new StepMemory(
            config,
            StepKernels.ROWS,
            parts.options().blocks(parts.options().maxTokens()),
            changes.bytes(),
            3L * changes.most());
    this.room = zeros(memory.bytes());
    memory.at(NativeOperators.operand(room).address());
    this.kernels =
        new StepKernels(
            config,
            parts.decoder().weights().all(),
            parts.decoder().weights().head(),
            parts.store().tensors(),
            memory,
            changes,
            device.processors());
  }

  /**
   * What decodes a session so, where the model is of a kind that the kernels know.
   *
   * @param device closed with what is returned
   * @param script for tokens that these kernels do not know, and to hold the first against
   */
  static Optional<TokenDecoder> on(
      Optional<KernelDevice> device, SessionParts parts, TokenDecoder.Step script) {
    boolean suits =
        device.isPresent()
            && parts.weights().compute() == ComputeType.BFLOAT16
            && StepKernels.know(parts.decoder().config());
    if (suits) {
      return Optional.of(new CardDecoder(device.get(), parts, script));
    }
    device.ifPresent(KernelDevice::close);
    return Optional.empty();
  }

  private Tensor zeros(long bytes) {
    try (Scope scope = new Scope();
        Tensor float32 = Tensor.of(parts.decoder().device(), new float[1], 1)) {
      long[] shape = {(bytes + Float.BYTES - 1) / Float.BYTES};
      return scope.release(parts.decoder().program().call(scope, "zeros", shape, float32).get(0));
    }
  }

  @Override
  public float[][] step(List<Place> places) {
    // Embeddings of an adapter's own are not in the kernels' table.
    if (refused || !parts.adapters().stack().embeddings().isEmpty()) {
      return script.of(places);
    }
    return tried ? own(places) : first(places);
  }

  /** Some at a time. */
  private float[][] own(List<Place> places) {
    List<float[]> logits = new ArrayList<>();
    for (int start = 0; start < places.size(); start += StepKernels.ROWS) {
      int end = Math.min(start + StepKernels.ROWS, places.size());
      together(places.subList(start, end), logits);
    }
    return logits.toArray(float[][]::new);
  }

  /** Held against the script, which goes first so that these keys and values are what stays. */
  private float[][] first(List<Place> places) {
    tried = true;
    float[][] wanted = script.of(places);
    try {
      float[][] found = own(places);
      double apart = apart(found, wanted);
      if (apart <= APART) {
        return found;
      }
      LOG.log(
          System.Logger.Level.WARNING,
          "tokens are decoded by the script, since our kernels'' logits differ by {0} of their"
              + " size",
          apart);
    } catch (IllegalStateException | UnsatisfiedLinkError e) {
      LOG.log(System.Logger.Level.WARNING, "tokens are decoded by the script: {0}", e.getMessage());
    }
    refused = true;
    return script.of(places);
  }

  /** The size of what differs over the size of all. */
  private static double apart(float[][] found, float[][] wanted) {
    double difference = 0;
    double size = 0;
    for (int row = 0; row < wanted.length; row++) {
      for (int i = 0; i < wanted[row].length; i++) {
        double d = found[row][i] - wanted[row][i];
        difference += d * d;
        size += (double) wanted[row][i] * wanted[row][i];
      }
    }
    return Math.sqrt(difference / size);
  }

  /** Adds the logits of up to {@link StepKernels#ROWS} places. */
  private void together(List<Place> places, List<float[]> logits) {
    AdapterStack stack = parts.adapters().stack();
    if (known.filter(stack::equals).isEmpty()) {
      CardChanges changes = new CardChanges(parts.decoder().config(), stack);
      device.write(changes.table(), memory.changes());
      known = Optional.of(stack);
    }
    boolean adapted = false;
    memory.begin();
    for (int row = 0; row < places.size(); row++) {
      Place place = places.get(row);
      CacheRow own = place.row();
      int adapter = stack.indexOf(own.adapter);
      adapted |= adapter > 0;
      memory.set(
          row,
          place.id(),
          parts.rows().slot(own, place.position()),
          place.position(),
          own.blocks.subList(0, place.position() / parts.options().blockTokens() + 1),
          adapter,
          parts.turns(own));
    }
    device.write(memory.described(), memory.given());
    ready.computeIfAbsent(new Kind(places.size(), adapted), this::prepared).run();
    List<float[]> found = new ArrayList<>();
    for (int row = 0; row < places.size(); row++) {
      found.add(new float[parts.decoder().config().vocabSize()]);
    }
    device.read(memory.logits(), found);
    logits.addAll(found);
  }

  /** Launched one by one at first: the driver loads a kernel where it meets it first. */
  private KernelDevice.Replay prepared(Kind kind) {
    List<KernelDevice.Launch> launches = kernels.launches(kind.rows(), kind.adapted());
    device.oneByOne(launches).run();
    return device.prepare(launches);
  }

  @Override
  public void close() {
    ready.values().forEach(KernelDevice.Replay::close);
    device.close();
    room.close();
  }
}
