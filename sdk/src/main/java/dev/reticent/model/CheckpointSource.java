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
 * Weights from a checkpoint, quantised or converted on their way to the device.
 *
 * <p>Loading goes tensor by tensor, so that beside the finished weights at most one matrix exists
 * in full precision. fp32 weights on the CPU are the mapped file itself.
 */
record CheckpointSource(Safetensors files, DecoderOptions options, Program program)
    implements WeightSource {

  private static final int CHUNK_BYTES = 1 << 28;

  @Override
  public List<Tensor> matrix(TensorSpec spec) {
    StoredTensor stored = files.tensor(spec.name());
    return switch (options.quantization()) {
      case NONE -> List.of(computed(spec), absent(), absent());
      case INT8 -> int8(stored);
      case NF4 -> nf4(stored);
    };
  }

  private List<Tensor> int8(StoredTensor stored) {
    Int8Matrix matrix = Int8Matrix.quantize(stored.floats(), size(stored, 0), size(stored, 1));
    return List.of(
        Tensor.of(
            device(), direct(matrix.data()), ElementType.INT8, matrix.rows(), matrix.columns()),
        Tensor.of(device(), matrix.scales(), matrix.rows(), 1),
        absent());
  }

  private List<Tensor> nf4(StoredTensor stored) {
    QuantizedMatrix matrix = Nf4.quantize(stored.floats(), size(stored, 0), size(stored, 1));
    float[] extra = new float[1 + matrix.absmax2().length];
    extra[0] = matrix.offset();
    System.arraycopy(matrix.absmax2(), 0, extra, 1, matrix.absmax2().length);
    return List.of(
        Tensor.of(
            device(),
            direct(matrix.packed()),
            ElementType.UINT8,
            size(stored, 0),
            size(stored, 1) / 2),
        Tensor.of(
            device(), direct(matrix.absmaxCodes()), ElementType.UINT8, matrix.absmaxCodes().length),
        Tensor.of(device(), extra, extra.length));
  }

  private static int size(StoredTensor stored, int dimension) {
    return Math.toIntExact(stored.shape().get(dimension));
  }

  private static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  @Override
  public Tensor vector(TensorSpec spec) {
    StoredTensor stored = files.tensor(spec.name());
    return Tensor.of(device(), stored.floats(), shape(stored));
  }

  /** A matrix in the compute type, brought over in parts of bounded size. */
  @Override
  public Tensor computed(TensorSpec spec) {
    StoredTensor stored = files.tensor(spec.name());
    boolean convert = options.compute() == ComputeType.BFLOAT16;
    if (stored.dtype() == Dtype.F32 && !convert && stored.bytes() < CHUNK_BYTES) {
      return Tensor.of(device(), stored.buffer(), ElementType.FLOAT32, shape(stored));
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
      return scope.release(whole);
    }
  }

  private static long[] shape(StoredTensor stored) {
    return stored.shape().stream().mapToLong(Long::longValue).toArray();
  }

  private ComputeDevice device() {
    return options.device();
  }

  private Tensor absent() {
    return Tensor.absent(device());
  }
}
