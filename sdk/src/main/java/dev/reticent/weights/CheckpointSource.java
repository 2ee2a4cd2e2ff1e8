package dev.reticent.weights;

import dev.reticent.api.Internal;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.ElementType;
import dev.reticent.engine.Program;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.engine.Timeline;
import dev.reticent.format.Dtype;
import dev.reticent.format.Safetensors;
import dev.reticent.format.StoredTensor;
import dev.reticent.format.TensorSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Weights from a checkpoint, quantized or converted on their way to the device.
 *
 * <p>Loading goes tensor by tensor, so that beside the finished weights at most one matrix exists
 * in full precision for each thread that loads, and none where it is read as it is stored. fp32
 * weights on the CPU are the mapped file itself, and so are quantized ones that are kept on disk.
 *
 * @param quantized the matrices as {@link WeightCache} keeps them
 * @param ahead those that are on their way
 */
@Internal
public record CheckpointSource(
    Safetensors files,
    Optional<Safetensors> quantized,
    ReadAhead ahead,
    DecoderOptions options,
    Program program)
    implements WeightSource {

  private static final int CHUNK_BYTES = 1 << 28;

  /** Each matrix is made when it is asked for. */
  public CheckpointSource(
      Safetensors files, Optional<Safetensors> quantized, DecoderOptions options, Program program) {
    this(files, quantized, new ReadAhead(Map.of(), 0, 0), options, program);
  }

  @Override
  public List<Tensor> matrix(TensorSpec spec, int parts, ComputeDevice device) {
    Quantization kind = options.quantization();
    if (kind == Quantization.NONE) {
      return List.of(computed(spec, device), Tensor.absent(device), Tensor.absent(device));
    }
    QuantizedBytes bytes =
        ahead
            .take(spec.name())
            .orElseGet(() -> QuantizedBytes.from(files, quantized, kind, spec.name(), parts));
    return Timeline.of("to the device", () -> bytes.tensors(device));
  }

  private static int size(StoredTensor stored, int dimension) {
    return Math.toIntExact(stored.shape().get(dimension));
  }

  @Override
  public Tensor vector(TensorSpec spec, ComputeDevice device) {
    StoredTensor stored = files.tensor(spec.name());
    return Tensor.of(device, stored.floats(), shape(stored));
  }

  /** A matrix in the compute type, brought over in parts of bounded size. */
  @Override
  public Tensor computed(TensorSpec spec, ComputeDevice device) {
    StoredTensor stored = files.tensor(spec.name());
    boolean convert = options.compute() == ComputeType.BFLOAT16;
    if (stored.dtype() == Dtype.F32
        && stored.isPlain()
        && !convert
        && stored.bytes() < CHUNK_BYTES) {
      return Tensor.of(device, stored.buffer(), ElementType.FLOAT32, shape(stored));
    }
    int columns = size(stored, 1);
    int rows = size(stored, 0);
    int rowsAtOnce = Math.max(1, CHUNK_BYTES / (4 * columns));
    try (Scope scope = new Scope()) {
      List<Tensor> parts = new ArrayList<>();
      for (int start = 0; start < rows; start += rowsAtOnce) {
        parts.add(rows(scope, stored, start, Math.min(rowsAtOnce, rows - start), device));
      }
      Tensor whole = parts.size() == 1 ? parts.get(0) : program.call(scope, "join", parts).get(0);
      return scope.release(whole);
    }
  }

  /** Some rows of a matrix; those stored in the compute type cross as they are. */
  private Tensor rows(
      Scope scope, StoredTensor stored, int start, int count, ComputeDevice device) {
    int columns = size(stored, 1);
    boolean convert = options.compute() == ComputeType.BFLOAT16;
    if (convert && stored.dtype() == Dtype.BF16 && stored.isPlain()) {
      ByteBuffer bytes = stored.buffer(2L * start * columns, 2 * count * columns);
      Optional<Tensor> mapped = Tensor.ofBfloat16(bytes, count, columns);
      if (mapped.isPresent()) {
        Tensor there = scope.own(Tensor.absent(device));
        List<Tensor> whole = List.of(scope.own(mapped.get()));
        return Timeline.of(
            "to the device", () -> program.call(scope, "bring", whole, there).get(0));
      }
    }
    float[] values = stored.floats(start * (long) columns, count * columns);
    Tensor full = scope.own(Tensor.of(device, values, count, columns));
    if (!convert) {
      return full;
    }
    Tensor converted = program.call(scope, "bfloat16", full).get(0);
    scope.free(full);
    return converted;
  }

  private static long[] shape(StoredTensor stored) {
    return stored.shape().stream().mapToLong(Long::longValue).toArray();
  }
}
