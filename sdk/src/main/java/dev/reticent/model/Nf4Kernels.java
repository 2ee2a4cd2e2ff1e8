package dev.reticent.model;

import dev.reticent.engine.CudaKernels;
import dev.reticent.engine.EngineFailure;
import dev.reticent.engine.Hardware;
import dev.reticent.engine.NativeOperators;
import dev.reticent.engine.NativeOperators.Operand;
import dev.reticent.engine.Program;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.weights.Nf4;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * NF4 on cards by kernels of its own ({@code nf4.cu}), as operators that the decoder's script
 * calls; where there are none, or they do not apply, the script does the same step by step.
 */
final class Nf4Kernels {

  private static final System.Logger LOG = System.getLogger(Nf4Kernels.class.getName());

  private static final int BFLOAT16 = 15; // torch's number
  private static final int THREADS = 256;

  /** Bytes that a thread reads at a time, all of one block. */
  private static final int PIECE = 16;

  /** Rows that a product may have: more are faster from the matrix itself. */
  static final int MOST_ROWS = 4;

  /** Fills the matrix m; 0 when that is done. */
  static final String UNPACK = "ops.reticent.nf4_unpack(data, scale, extra, pairs, scales, m)";

  /** Fills y; 0 when that is done. */
  static final String PRODUCT = "ops.reticent.nf4_product(x, data, scale, extra, pairs, scales, y)";

  private static final class Holder {
    static final boolean INSTALLED = install();
  }

  private static volatile boolean broken;

  private Nf4Kernels() {}

  /** Whether the operators are there: on the first call, compiles them for the cards there are. */
  static boolean installed() {
    return Holder.INSTALLED;
  }

  private static boolean install() {
    Hardware here = Hardware.here();
    if (!here.libtorch().cuda() || here.cards().isEmpty()) {
      return false;
    }
    try {
      CudaKernels kernels = CudaKernels.compile("nf4.cu", source());
      define("CUDA", kernels::launch);
      return true;
    } catch (IllegalStateException | UnsatisfiedLinkError e) {
      fallback(String.valueOf(e.getMessage()));
      return false;
    }
  }

  /**
   * Tries the operators on a card's first matrix; where they fail, or give other bits than the
   * script, they are not used from here on.
   *
   * @param w a layer's weights, in which an NF4 matrix lies at {@code slot}
   */
  static void verify(Program program, List<Tensor> w, int slot, Tensor like) {
    if (broken || !installed()) {
      return;
    }
    try (Scope scope = new Scope()) {
      if (program.call(scope, "nf4_agrees", w, slot, like).get(0).toFloats()[0] == 0) {
        broken = true;
        fallback("the kernel gives other bits on this card");
      }
    } catch (EngineFailure e) {
      broken = true;
      fallback(String.valueOf(e.getMessage()));
    }
  }

  /** Says why the script's own way is taken. */
  private static void fallback(String reason) {
    LOG.log(
        System.Logger.Level.WARNING,
        "NF4 weights are unpacked step by step, which takes six times as long: {0}",
        reason);
  }

  /** Runs a kernel: its name, the card, blocks, threads of a block, parameters. */
  interface Launch {
    void run(String kernel, int card, long blocks, int threads, List<Long> parameters);
  }

  /** Defines the operators for one kind of device over what runs kernels there. */
  static void define(String kind, Launch launch) {
    NativeOperators.define("nf4_unpack", 6, kind, tensors -> unpack(tensors, launch));
    NativeOperators.define("nf4_product", 7, kind, tensors -> product(tensors, launch));
  }

  /** (data, scale, extra, pairs, scales, matrix). */
  private static boolean unpack(List<Operand> tensors, Launch launch) {
    if (broken) {
      return false;
    }
    Operand data = tensors.get(0);
    Operand matrix = tensors.get(5);
    if (matrix.type() != BFLOAT16 || data.elements() % PIECE != 0 || !aligned(data, matrix)) {
      return false;
    }
    List<Long> parameters = new ArrayList<>();
    tensors.forEach(tensor -> parameters.add(tensor.address()));
    parameters.add(data.elements());
    long pieces = data.elements() / PIECE;
    launch.run("nf4_unpack_bf16", matrix.device(), parts(pieces, THREADS), THREADS, parameters);
    return true;
  }

  /** (x, data, scale, extra, pairs, scales, y), x [rows,in] and y [rows,out]. */
  private static boolean product(List<Operand> tensors, Launch launch) {
    Operand x = tensors.get(0);
    Operand data = tensors.get(1);
    Operand y = tensors.get(6);
    // rows·in · rows·out over in·out
    int rows = (int) Math.sqrt((double) x.elements() * y.elements() / (2.0 * data.elements()));
    long in = x.elements() / Math.max(1, rows);
    long out = y.elements() / Math.max(1, rows);
    if (broken
        || rows < 1
        || rows > MOST_ROWS
        || in * out != 2 * data.elements()
        || in % Nf4.BLOCK != 0
        || x.type() != BFLOAT16
        || y.type() != BFLOAT16
        || !aligned(x, data)) {
      return false;
    }
    List<Long> parameters = new ArrayList<>();
    tensors.forEach(tensor -> parameters.add(tensor.address()));
    parameters.addAll(List.of(in, out, (long) rows));
    launch.run("nf4_product_bf16", y.device(), parts(out, THREADS / 32), THREADS, parameters);
    return true;
  }

  private static boolean aligned(Operand... tensors) {
    for (Operand tensor : tensors) {
      if (tensor.address() % PIECE != 0) {
        return false;
      }
    }
    return true;
  }

  private static long parts(long count, int size) {
    return (count + size - 1) / size;
  }

  static String source() {
    try (InputStream in =
        Optional.ofNullable(Nf4Kernels.class.getResourceAsStream("nf4.cu")).orElseThrow()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
