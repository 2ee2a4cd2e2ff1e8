package dev.reticent.model;

import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A decoder's weights as decoding wants them: single-precision matrices laid out by columns.
 *
 * <p>A product with a few rows then takes little longer than with one (8 rows of a 2048 x 2048
 * matrix: 1.3 times, where it is 3.1 times by rows). It costs the matrices once more, so only
 * models of up to {@link #MOST_BYTES} have it; others, and those in other types, are used as they
 * are.
 */
final class SessionWeights implements AutoCloseable {
  /** The most memory that copies take. */
  static final long MOST_BYTES = 1L << 30;

  /** Behind two tables and the final norm. */
  private static final int OUTPUT_MATRIX = DecoderProgram.TABLES + 1;

  private final List<Tensor> owned = new ArrayList<>();
  private final List<Tensor> all;
  private final List<Tensor> head;

  SessionWeights(Decoder decoder) {
    List<Tensor> layers = decoder.weights().all();
    List<Tensor> output = decoder.weights().head();
    if (!copied(decoder)) {
      all = layers;
      head = output;
      return;
    }
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
    return decoder.options().quantization() == Quantization.NONE
        && decoder.options().compute() == ComputeType.FLOAT32
        && Float.BYTES * weights <= MOST_BYTES;
  }

  private Tensor byColumns(Decoder decoder, Tensor matrix) {
    try (Scope scope = new Scope()) {
      Tensor copy = scope.release(decoder.program().call(scope, "by_columns", matrix).get(0));
      owned.add(copy);
      return copy;
    }
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
