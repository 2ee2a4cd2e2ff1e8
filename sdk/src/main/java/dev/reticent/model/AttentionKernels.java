package dev.reticent.model;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.engine.NativeOperators.Operand;
import dev.reticent.engine.NativeOperators.Signature;
import dev.reticent.model.CardKernels.Launch;
import java.util.ArrayList;
import java.util.List;

/** Attention of single tokens over blocks of keys and values on cards, by {@code attention.cu}. */
final class AttentionKernels {

  static final List<CardKernels.Operator> OPERATORS =
      List.of(
          new CardKernels.Operator(new Signature("place", 9, 3, 3), AttentionKernels::place),
          new CardKernels.Operator(new Signature("attend", 7, 1, 6), AttentionKernels::attend));

  private AttentionKernels() {}

  /** Fills `turned`, and the rows' slots of `keys` and `values`. */
  static String place(ModelConfig config) {
    return "ops.reticent.place(q, k, v, cos, sin, slots, turned, keys, values, %d, %d, %d)"
        .formatted(config.heads(), config.shape(0).kvHeads(), config.shape(0).headDim() / 2);
  }

  /** Fills y. */
  static String attend(ModelConfig config, double scale) {
    return "ops.reticent.attend(turned, keys, values, blocks, ends, positions, y, %d, %d, %d, keys.size(1), window, %d)"
        .formatted(
            config.heads(),
            config.shape(0).kvHeads(),
            config.shape(0).headDim(),
            Float.floatToRawIntBits((float) scale));
  }

  /** Whether attention is of the kind that the kernels compute. */
  static boolean suit(ModelConfig config) {
    int threads = config.shape(0).headDim() / 8;
    return config.shape(0).headDim() % 16 == 0
        && Integer.bitCount(threads) == 1
        && threads <= 32
        && !config.attentionDiffers()
        && !config.architecture().projectedKept()
        && !config.architecture().attention().gated()
        && !config.architecture().attention().chunked()
        && !config.architecture().attention().adjacentPairs()
        && !config.architecture().scoresInMemory();
  }

  /** (q, k, v, cos, sin, slots, turned, keys, values; heads, groups, half of what turns). */
  private static boolean place(List<Operand> tensors, long[] numbers, Launch launch) {
    Operand q = tensors.get(0);
    if (!CardKernels.fit(q, tensors.get(1), tensors.get(2), tensors.get(6), tensors.get(7))) {
      return false;
    }
    long heads = numbers[0];
    long groups = numbers[1];
    long half = numbers[2];
    long rows = tensors.get(5).elements();
    long count = rows * (heads + groups) * half / 8;
    List<Long> parameters = addresses(tensors);
    parameters.addAll(List.of(count, heads, groups, half));
    launch.run(
        "place_bf16",
        q.device(),
        CardKernels.parts(count, CardKernels.THREADS),
        CardKernels.THREADS,
        parameters);
    return true;
  }

  /** (turned, keys, values, blocks, ends, positions, y; heads … the scale's bits). */
  private static boolean attend(List<Operand> tensors, long[] numbers, Launch launch) {
    Operand q = tensors.get(0);
    if (!CardKernels.fit(q, tensors.get(1), tensors.get(6))) {
      return false;
    }
    List<Long> parameters = addresses(tensors);
    for (long number : numbers) {
      parameters.add(number);
    }
    long rows = tensors.get(5).elements();
    launch.run("attend_bf16", q.device(), rows * numbers[0], CardKernels.THREADS, parameters);
    return true;
  }

  private static List<Long> addresses(List<Operand> tensors) {
    List<Long> parameters = new ArrayList<>();
    tensors.forEach(tensor -> parameters.add(tensor.address()));
    return parameters;
  }
}
