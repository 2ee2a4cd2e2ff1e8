package dev.reticent.model;

import dev.reticent.config.UserInputException;
import dev.reticent.engine.CudaKernels;
import dev.reticent.engine.Engine;
import dev.reticent.engine.EngineFailure;
import dev.reticent.engine.Hardware;
import dev.reticent.engine.KernelDevice;
import dev.reticent.engine.NativeOperators;
import dev.reticent.engine.NativeOperators.Operand;
import dev.reticent.engine.Program;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Kernels of our own for cards, as operators that the decoder's script calls; where there are none,
 * or they do not apply, the script does the same step by step.
 */
final class CardKernels {

  private static final System.Logger LOG = System.getLogger(CardKernels.class.getName());

  /** Compiled as one, in this order. */
  private static final List<String> SOURCES =
      List.of("bfloat16.cu", "nf4.cu", "layer.cu", "product.cu", "attention.cu", "step.cu");

  /** Torch's number of the type that the kernels compute in. */
  static final int BFLOAT16 = 15;

  /** Threads of a block. */
  static final int THREADS = 256;

  /** Bytes that a thread reads at a time. */
  static final int PIECE = 16;

  private static final class Holder {
    static final Optional<CudaKernels> KERNELS = install();
  }

  private static volatile boolean broken;

  private CardKernels() {}

  /** Runs a kernel: its name, the card, blocks, threads of a block, parameters. */
  interface Launch {
    void run(String kernel, int card, long blocks, int threads, List<Long> parameters);
  }

  /** What an operator launches. */
  interface Body {
    /** Fills the last of the tensors, or returns false and has changed nothing. */
    boolean run(List<Operand> tensors, long[] numbers, Launch launch);
  }

  /** An operator over kernels. */
  record Operator(NativeOperators.Signature signature, Body body) {}

  /**
   * Whether the operators are there: the first call defines them, and begins to compile the kernels
   * for the cards there are.
   */
  static boolean installed() {
    return Holder.KERNELS.isPresent();
  }

  /** Begins to compile the kernels, in a thread beside whatever is done meanwhile. */
  static void begin() {
    Thread thread = new Thread(CardKernels::installed, "reticent-kernels");
    thread.setDaemon(true);
    thread.start();
  }

  private static Optional<CudaKernels> install() {
    Hardware here = Hardware.here();
    if (!here.libtorch().cuda() || here.cards().isEmpty()) {
      return Optional.empty();
    }
    try {
      CudaKernels kernels = CudaKernels.compile("reticent.cu", source());
      Engine.started();
      define("CUDA", kernels::launch);
      return Optional.of(kernels);
    } catch (UserInputException e) {
      return Optional.empty(); // whoever needs libtorch is told so
    } catch (IllegalStateException | LinkageError e) {
      fallback(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /** Defines the operators for one kind of device over what runs kernels there. */
  static void define(String kind, Launch launch) {
    List<Operator> operators = new ArrayList<>(Nf4Kernels.OPERATORS);
    operators.addAll(ProductKernels.OPERATORS);
    operators.addAll(LayerKernels.OPERATORS);
    operators.addAll(AttentionKernels.OPERATORS);
    for (Operator operator : operators) {
      NativeOperators.define(
          operator.signature(),
          kind,
          (tensors, numbers) -> !broken && operator.body().run(tensors, numbers, launch));
    }
  }

  /**
   * Tries the operators on a card's first layer; where they fail, or give other numbers than the
   * script, they are not used from here on.
   *
   * @param w a layer's weights, whose first module lies at {@code slot}
   */
  static void verify(Program program, List<Tensor> w, int slot, Tensor like) {
    if (broken || !installed()) {
      return;
    }
    try (Scope scope = new Scope()) {
      Holder.KERNELS.ifPresent(CudaKernels::await);
      if (program.once(scope, "kernels_agree", w, slot, like).get(0).toFloats()[0] == 0) {
        broken = true;
        fallback("they give other numbers on this card");
      }
    } catch (EngineFailure | IllegalStateException e) {
      broken = true;
      fallback(String.valueOf(e.getMessage()));
    }
  }

  /** Whether they are there and have not been found wanting. */
  static boolean usable() {
    return installed() && !broken;
  }

  /** A card that runs lists of them, where they are there and have not been found wanting. */
  static Optional<KernelDevice> device(int card) {
    try {
      return usable() ? Holder.KERNELS.map(kernels -> kernels.device(card)) : Optional.empty();
    } catch (IllegalStateException | LinkageError e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "single tokens are decoded by the script, which takes several times as long: {0}",
          e.getMessage());
      return Optional.empty();
    }
  }

  /** Says why the script's own way is taken. */
  private static void fallback(String reason) {
    LOG.log(
        System.Logger.Level.WARNING,
        "this card is used without kernels of our own, which makes steps several times as long:"
            + " {0}",
        reason);
  }

  /** Whether all are in bf16 and lie where vectors may be read and written. */
  static boolean fit(Operand... tensors) {
    for (Operand tensor : tensors) {
      if (tensor.type() != BFLOAT16 || tensor.address() % PIECE != 0) {
        return false;
      }
    }
    return true;
  }

  /** How many parts of a size a count has. */
  static long parts(long count, long size) {
    return (count + size - 1) / size;
  }

  static String source() {
    StringBuilder source = new StringBuilder();
    for (String file : SOURCES) {
      try (InputStream in =
          Optional.ofNullable(CardKernels.class.getResourceAsStream(file)).orElseThrow()) {
        source.append(new String(in.readAllBytes(), StandardCharsets.UTF_8)).append('\n');
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return source.toString();
  }
}
