package dev.reticent.model;

import dev.reticent.architecture.Architecture;
import dev.reticent.engine.NativeOperators.Operand;
import dev.reticent.engine.NativeOperators.Signature;
import dev.reticent.model.CardKernels.Launch;
import java.util.List;

/** Norms, turns and the gate of a layer on cards, by {@code layer.cu}. */
final class LayerKernels {

  /** x [B,T,heads,E] turned by its positions, or back; fills y. */
  static final String TURN = "ops.reticent.turn(x, cos, sin, y, x.size(2), cos.size(-1), back)";

  /** silu(gate)·up; fills y. */
  static final String GATE = "ops.reticent.gate(gate, up, y)";

  /** Fills dy with the gate's gradient, and dup. */
  static final String GATE_BACKWARD = "ops.reticent.gate_backward(gate, up, dy, dup)";

  static final List<CardKernels.Operator> OPERATORS =
      List.of(
          new CardKernels.Operator(new Signature("norm", 3, 1, 3), LayerKernels::norm),
          new CardKernels.Operator(
              new Signature("norm_backward", 5, 1, 2), LayerKernels::normBackward),
          new CardKernels.Operator(new Signature("turn", 4, 1, 3), LayerKernels::turn),
          new CardKernels.Operator(new Signature("gate", 3, 1, 0), LayerKernels::gate),
          new CardKernels.Operator(
              new Signature("gate_backward", 4, 2, 0), LayerKernels::gateBackward));

  /** Elements that a thread takes. */
  private static final int EIGHT = 8;

  private LayerKernels() {}

  /** y = g·x/√(mean x² + ε) of each row; fills y. */
  static String norm(Architecture.Norms norms) {
    return "ops.reticent.norm(x, g, y, %d, %d, %d)"
        .formatted(epsilon(norms), norms.float32() ? 1 : 0, norms.offset() ? 1 : 0);
  }

  /** Fills dx, with what lies in `more` added. */
  static String normBackward(Architecture.Norms norms) {
    return "ops.reticent.norm_backward(dy, x, g, more, dx, %d, %d)"
        .formatted(epsilon(norms), norms.offset() ? 1 : 0);
  }

  /** The bits of a number in fp32: an operator takes whole numbers. */
  private static int epsilon(Architecture.Norms norms) {
    return Float.floatToRawIntBits((float) norms.epsilon());
  }

  /** (x, g, y; ε's bits, whether factors multiply in fp32, what is added to them). */
  private static boolean norm(List<Operand> tensors, long[] numbers, Launch launch) {
    Operand x = tensors.get(0);
    Operand g = tensors.get(1);
    Operand y = tensors.get(2);
    long size = g.elements();
    if (size % EIGHT != 0 || !CardKernels.fit(x, y)) {
      return false;
    }
    List<Long> parameters =
        List.of(x.address(), g.address(), y.address(), size, numbers[0], numbers[1], numbers[2]);
    launch.run("norm_bf16", y.device(), x.elements() / size, CardKernels.THREADS, parameters);
    return true;
  }

  /** (dy, x, g, more, dx; ε's bits, what is added to the factors). */
  private static boolean normBackward(List<Operand> tensors, long[] numbers, Launch launch) {
    Operand dy = tensors.get(0);
    Operand x = tensors.get(1);
    Operand g = tensors.get(2);
    Operand more = tensors.get(3);
    Operand dx = tensors.get(4);
    long size = g.elements();
    boolean adding = more.elements() > 0;
    if (size % EIGHT != 0 || !CardKernels.fit(dy, x, adding ? more : dx, dx)) {
      return false;
    }
    List<Long> parameters =
        List.of(
            dy.address(),
            x.address(),
            g.address(),
            adding ? more.address() : 0L,
            dx.address(),
            size,
            numbers[0],
            numbers[1]);
    launch.run(
        "norm_backward_bf16", dx.device(), x.elements() / size, CardKernels.THREADS, parameters);
    return true;
  }

  /** (x, cos, sin, y; heads, half of what turns, whether back). */
  private static boolean turn(List<Operand> tensors, long[] numbers, Launch launch) {
    Operand x = tensors.get(0);
    Operand cos = tensors.get(1);
    Operand sin = tensors.get(2);
    Operand y = tensors.get(3);
    long half = numbers[1];
    if (half % EIGHT != 0 || !CardKernels.fit(x, y)) {
      return false;
    }
    long pairs = x.elements() / 2;
    List<Long> parameters =
        List.of(
            x.address(),
            cos.address(),
            sin.address(),
            y.address(),
            pairs,
            numbers[0],
            half,
            cos.elements() / half,
            numbers[2]);
    return each("turn_bf16", y, pairs, parameters, launch);
  }

  /** (gate, up, y). */
  private static boolean gate(List<Operand> tensors, long[] numbers, Launch launch) {
    Operand gate = tensors.get(0);
    Operand up = tensors.get(1);
    Operand y = tensors.get(2);
    long count = gate.elements();
    if (count % EIGHT != 0 || !CardKernels.fit(gate, up, y)) {
      return false;
    }
    return each(
        "gate_bf16", y, count, List.of(gate.address(), up.address(), y.address(), count), launch);
  }

  /** (gate, up, dy, dup). */
  private static boolean gateBackward(List<Operand> tensors, long[] numbers, Launch launch) {
    Operand gate = tensors.get(0);
    Operand up = tensors.get(1);
    Operand dy = tensors.get(2);
    Operand dup = tensors.get(3);
    long count = gate.elements();
    if (count % EIGHT != 0 || !CardKernels.fit(gate, up, dy, dup)) {
      return false;
    }
    return each(
        "gate_backward_bf16",
        dup,
        count,
        List.of(gate.address(), up.address(), dy.address(), dup.address(), count),
        launch);
  }

  /** Launches as many threads as take eight of a count each. */
  private static boolean each(
      String kernel, Operand on, long count, List<Long> parameters, Launch launch) {
    long blocks = CardKernels.parts(count / EIGHT, CardKernels.THREADS);
    launch.run(kernel, on.device(), blocks, CardKernels.THREADS, parameters);
    return true;
  }
}
