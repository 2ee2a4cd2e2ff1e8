package dev.reticent.model;

import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.ElementType;
import dev.reticent.engine.Program;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.engine.TensorList;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A model's weights on a device, in the order in which the decoder's functions read them.
 *
 * <p>Loading goes tensor by tensor, so that beside the finished weights at most one matrix exists
 * in full precision. fp32 weights on the CPU are the mapped file itself.
 */
final class DecoderWeights implements AutoCloseable {

  private static final int CHUNK_BYTES = 1 << 28;

  private final List<TensorList> layers = new ArrayList<>();
  private final TensorList all;
  private final TensorList head;
  private final List<Tensor> owned = new ArrayList<>();
  private final Program program;
  private final DecoderOptions options;

  DecoderWeights(ModelConfig config, Safetensors source, DecoderOptions options, Program program) {
    this.program = program;
    this.options = options;
    TensorNames names = new TensorNames(config);
    names.check(source);
    List<Tensor> tables = tables();
    List<Tensor> everything = new ArrayList<>(tables);
    for (int layer = 0; layer < config.layers(); layer++) {
      List<Tensor> own = new ArrayList<>();
      own.add(floats(source.tensor(names.attentionNorm(layer).name())));
      own.add(floats(source.tensor(names.feedForwardNorm(layer).name())));
      own.add(
          config.queryKeyNorm() ? floats(source.tensor(names.queryNorm(layer).name())) : absent());
      own.add(
          config.queryKeyNorm() ? floats(source.tensor(names.keyNorm(layer).name())) : absent());
      for (Projection projection : Projection.of(config)) {
        own.addAll(matrix(source.tensor(names.weight(layer, projection).name())));
        own.add(
            projection.biased(config)
                ? floats(source.tensor(names.bias(layer, projection).name()))
                : absent());
      }
      everything.addAll(own);
      own.addAll(0, tables);
      layers.add(new TensorList("w", own));
    }
    all = new TensorList("w", everything);
    List<Tensor> output = new ArrayList<>(tables());
    output.add(floats(source.tensor(names.finalNorm().name())));
    Tensor matrix = computed(source.tensor(names.head().name()));
    output.addAll(List.of(matrix, absent(), absent(), absent()));
    output.add(
        config.tiedEmbeddings() ? matrix : computed(source.tensor(names.embedding().name())));
    head = new TensorList("hw", output);
  }

  /** Two tables and one layer's tensors. */
  TensorList layer(int layer) {
    return layers.get(layer);
  }

  /** Two tables and the tensors of every layer. */
  TensorList all() {
    return all;
  }

  /** Two tables, final norm, output matrix, embedding table. */
  TensorList head() {
    return head;
  }

  private List<Tensor> tables() {
    if (options.quantization() != Quantization.NF4) {
      return List.of(absent(), absent());
    }
    throw new IllegalStateException();
  }

  /** Data, scale and extra of a linear module. */
  private List<Tensor> matrix(StoredTensor stored) {
    return switch (options.quantization()) {
      case NONE -> List.of(computed(stored), absent(), absent());
      case INT8 -> int8(stored);
      case NF4 -> throw new IllegalStateException();
    };
  }

  private List<Tensor> int8(StoredTensor stored) {
    Int8Matrix matrix = Int8Matrix.quantize(stored.floats(), size(stored, 0), size(stored, 1));
    return List.of(
        own(
            Tensor.of(
                device(),
                direct(matrix.data()),
                ElementType.INT8,
                matrix.rows(),
                matrix.columns())),
        own(Tensor.of(device(), matrix.scales(), matrix.rows(), 1)),
        absent());
  }

  private static int size(StoredTensor stored, int dimension) {
    return Math.toIntExact(stored.shape().get(dimension));
  }

  private static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  /** Norms and biases stay in fp32. */
  private Tensor floats(StoredTensor stored) {
    return own(Tensor.of(device(), stored.floats(), shape(stored)));
  }

  /** A matrix in the compute type, brought over in parts of bounded size. */
  private Tensor computed(StoredTensor stored) {
    boolean convert = options.compute() == ComputeType.BFLOAT16;
    if (stored.dtype() == Dtype.F32 && !convert && stored.bytes() < CHUNK_BYTES) {
      return own(Tensor.of(device(), stored.buffer(), ElementType.FLOAT32, shape(stored)));
    }
    int columns = size(stored, 1);
    int rows = size(stored, 0);
    int rowsAtOnce = Math.max(1, CHUNK_BYTES / (4 * columns));
    try (Scope scope = new Scope()) {
      List<Tensor> parts = new ArrayList<>();
      for (int start = 0; start < rows; start += rowsAtOnce) {
        int count = Math.min(rowsAtOnce, rows - start);
        Tensor part =
            scope.own(
                Tensor.of(
                    device(),
                    stored.floats(start * (long) columns, count * columns),
                    count,
                    columns));
        if (convert) {
          Tensor full = part;
          part = program.call(scope, "bfloat16", full).get(0);
          scope.free(full);
        }
        parts.add(part);
      }
      Tensor whole =
          parts.size() == 1
              ? parts.get(0)
              : program.call(scope, "join", new TensorList("parts", parts)).get(0);
      return own(scope.release(whole));
    }
  }

  private static long[] shape(StoredTensor stored) {
    return stored.shape().stream().mapToLong(Long::longValue).toArray();
  }

  private ComputeDevice device() {
    return options.device();
  }

  private Tensor absent() {
    return own(Tensor.absent(device()));
  }

  private Tensor own(Tensor tensor) {
    owned.add(tensor);
    return tensor;
  }

  @Override
  public void close() {
    owned.forEach(Tensor::close);
  }
}
