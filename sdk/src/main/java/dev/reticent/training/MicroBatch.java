package dev.reticent.training;

import dev.reticent.data.TokenizedExample;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import dev.reticent.model.LossTargets;
import dev.reticent.model.RotaryPositions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A few examples as tensors, padded on the right.
 *
 * @param decoder on whose device they are
 * @param ids [B,T]
 * @param answers which positions predict which tokens, [B,K]
 * @param positions the turns of T positions
 * @param count B
 * @param tokens tokens of all examples, without padding
 * @param dropped what dropout takes for each layer and the head; empty where nothing is dropped
 */
record MicroBatch(
    Decoder decoder,
    Tensor ids,
    LossTargets answers,
    RotaryPositions positions,
    int count,
    long tokens,
    List<Tensor> dropped) {

  /** Cuts a batch into physical ones of at most {@code size}, in order. */
  static <T> List<List<T>> cut(List<T> batch, int size) {
    List<List<T>> parts = new ArrayList<>();
    for (int start = 0; start < batch.size(); start += size) {
      parts.add(batch.subList(start, Math.min(batch.size(), start + size)));
    }
    return parts;
  }

  /** Padded to the longest of them. */
  static MicroBatch of(Scope scope, List<TokenizedExample> examples, Decoder decoder) {
    return of(scope, examples, decoder, BatchShape.fitting(Row.of(examples)));
  }

  /**
   * Padded to a shape; places that no example takes hold nothing, and their gradients are zero.
   *
   * @param examples as many as the shape has rows, or fewer
   */
  static MicroBatch of(
      Scope scope, List<TokenizedExample> examples, Decoder decoder, BatchShape shape) {
    int b = shape.rows();
    int t = Math.min(shape.tokens(), Math.max(longest(examples), decoder.config().maxPositions()));
    int k = shape.answers();
    long tokens = 0;
    int[] lengths = new int[b];
    Arrays.fill(lengths, t);
    long[] ids = new long[b * t];
    long[] positions = new long[b * k];
    long[] targets = new long[b * k];
    float[] mask = new float[b * k];
    for (int i = 0; i < examples.size(); i++) {
      int[] own = examples.get(i).ids();
      tokens += own.length;
      lengths[i] = own.length;
      boolean[] counts = examples.get(i).lossMask();
      int answer = i * k;
      for (int j = 0; j < own.length; j++) {
        ids[i * t + j] = own[j];
        if (counts[j]) {
          positions[answer] = Math.subtractExact(j, 1);
          targets[answer] = own[j];
          mask[answer++] = 1;
        }
      }
    }
    List<Tensor> tensors =
        onDevice(
            scope,
            decoder,
            Tensor.of(ComputeDevice.CPU, ids, b, t),
            Tensor.of(ComputeDevice.CPU, positions, b, k),
            Tensor.of(ComputeDevice.CPU, targets, b, k),
            Tensor.of(ComputeDevice.CPU, mask, b, k));
    return new MicroBatch(
        decoder,
        tensors.get(0),
        new LossTargets(tensors.get(1), tensors.get(2), tensors.get(3)),
        decoder.positions(scope, t, lengths),
        b,
        tokens,
        List.of());
  }

  /** Rows of a training step, padded to their shape, with what the step drops of them. */
  static MicroBatch training(
      Scope scope, List<Row> rows, Decoder decoder, BatchShape shape, Dropout dropout) {
    List<TokenizedExample> examples = Row.examples(rows);
    return of(scope, examples, decoder, shape).dropping(scope, examples, dropout);
  }

  /**
   * This micro-batch in training with dropout.
   *
   * @param examples of which it was made
   */
  MicroBatch dropping(Scope scope, List<TokenizedExample> examples, Dropout dropout) {
    if (!dropout.on()) {
      return this;
    }
    List<Tensor> numbers = dropout.tensors(scope, examples, count, decoder);
    return new MicroBatch(decoder, ids, answers, positions, count, tokens, numbers);
  }

  /** The adapter as a pass over this micro-batch sees it. */
  AdapterTensors with(AdapterTensors adapter) {
    return dropped.isEmpty() ? adapter : adapter.dropping(dropped);
  }

  private static List<Tensor> onDevice(Scope scope, Decoder decoder, Tensor... onHost) {
    List<Tensor> tensors = List.of(onHost);
    tensors.forEach(scope::own);
    return decoder.device().onHost() ? tensors : SumProgram.sent(scope, tensors, decoder.like());
  }

  private static int longest(List<TokenizedExample> examples) {
    return examples.stream().mapToInt(example -> example.ids().length).max().orElse(1);
  }
}
