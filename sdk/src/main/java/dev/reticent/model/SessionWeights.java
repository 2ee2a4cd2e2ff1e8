package dev.reticent.model;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.weights.ComputeType;
import dev.reticent.weights.Quantization;
import java.util.ArrayList;
import java.util.List;

/**
 * A decoder's weights as decoding wants them: fp32 matrices laid out by columns.
 *
 * <p>A product with a few rows then takes little longer than with one (8 rows of a 2048 x 2048
 * matrix: 1.3 times, where it is 3.1 times by rows). It costs the matrices once more, so only
 * models of up to {@link #MOST_BYTES} have it, in bf16 only where the processor is slow in that;
 * others, and quantised ones, are used as they are.
 */
final class SessionWeights implements AutoCloseable {
  /** The most memory that copies take. */
  static final long MOST_BYTES = 1L << 30;

  /** Behind two tables and the final norm. */
  private static final int OUTPUT_MATRIX = DecoderProgram.TABLES + 1;

  private final List<Tensor> owned = new ArrayList<>();
  private final List<Tensor> all;
  private final List<Tensor> head;
  private final ComputeType compute;
  private final Tensor like;

  SessionWeights(Decoder decoder) {
    List<Tensor> layers = decoder.weights().all();
    List<Tensor> output = decoder.weights().head();
    if (!copied(decoder)) {
      all = layers;
      head = output;
      compute = decoder.options().compute();
      like = decoder.like();
      return;
    }
    compute = ComputeType.FLOAT32;
    like = own(Tensor.of(decoder.device(), new float[1], 1));
    int perLayer =
        DecoderProgram.NORMS + DecoderProgram.PER_MODULE * Projection.of(decoder.config()).size();
    List<Tensor> tensors = new ArrayList<>(layers);
    for (int at = DecoderProgram.TABLES; at < tensors.size(); at += perLayer) {
      for (int m = DecoderProgram.NORMS; m < perLayer; m += DecoderProgram.PER_MODULE) {
        tensors.set(at + m, byColumns(decoder, layers.get(at + m)));
      }
    }
    all = tensors;
    List<Tensor> ends = new ArrayList<>(output);
    ends.set(OUTPUT_MATRIX, byColumns(decoder, output.get(OUTPUT_MATRIX)));
    head = ends;
  }

  private static boolean copied(Decoder decoder) {
    ModelConfig config = decoder.config();
    long weights = (long) config.vocabSize() * config.hiddenSize();
    for (Projection projection : Projection.of(config)) {
      weights += (long) config.layers() * projection.in(config) * projection.out(config);
    }
    return decoder.options().compute().inside(decoder.device()) == ComputeType.FLOAT32
        && decoder.options().quantization() == Quantization.NONE
        && Float.BYTES * weights <= MOST_BYTES;
  }

  private Tensor byColumns(Decoder decoder, Tensor matrix) {
    try (Scope scope = new Scope()) {
      return own(scope.release(decoder.program().call(scope, "by_columns", matrix, like).get(0)));
    }
  }

  private Tensor own(Tensor tensor) {
    owned.add(tensor);
    return tensor;
  }

  /** The type in which a session computes. */
  ComputeType compute() {
    return compute;
  }

  /** A tensor of that type. */
  Tensor like() {
    return like;
  }

  List<Tensor> all() {
    return all;
  }

  List<Tensor> head() {
    return head;
  }

  @Override
  public void close() {
    owned.forEach(Tensor::close);
  }
}
