package dev.reticent.weights;

import dev.reticent.api.Internal;
import dev.reticent.config.UserInputException;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.ElementType;
import dev.reticent.engine.Tensor;
import dev.reticent.engine.Timeline;
import dev.reticent.format.Safetensors;
import dev.reticent.format.StoredTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * A quantized matrix as the bytes that go to a device or into a file, one part behind the other.
 *
 * @param floats NF4: offset and the scales of scales; INT8: a scale for each row
 * @param codes NF4: a byte for each block's scale; INT8: nothing
 * @param data the weights' codes, row-major
 */
@Internal
public record QuantizedBytes(
    Quantization kind,
    int rows,
    int columns,
    ByteBuffer floats,
    ByteBuffer codes,
    ByteBuffer data) {

  /**
   * A matrix of a model: as it is kept, or quantized now.
   *
   * @param kept what {@link WeightCache} has
   * @param parts how many matrices it is, one below the other
   */
  static QuantizedBytes from(
      Safetensors files, Optional<Safetensors> kept, Quantization kind, String name, int parts) {
    StoredTensor stored = files.tensor(name);
    return kept.isPresent()
        ? read(kind, size(stored, 0), size(stored, 1), parts, kept.get().tensor(name))
        : Timeline.of("quantizing", () -> of(kind, stored, parts));
  }

  private static int size(StoredTensor stored, int dimension) {
    return Math.toIntExact(stored.shape().get(dimension));
  }

  /**
   * Quantizes the values of a matrix.
   *
   * @param parts how many matrices it is, one below the other: each is quantized by itself
   */
  static QuantizedBytes of(Quantization kind, StoredTensor stored, int parts) {
    int rows = size(stored, 0);
    int columns = size(stored, 1);
    int count = Math.multiplyExact(rows / parts, columns);
    return of(
        kind,
        stored.name() + " in " + stored.file(),
        rows,
        columns,
        parts,
        i -> stored.values((long) i * count, count));
  }

  static QuantizedBytes of(
      Quantization kind,
      String name,
      int rows,
      int columns,
      int parts,
      IntFunction<StoredTensor.Values> values) {
    if (parts == 1) {
      return of(kind, name, values.apply(0), rows, columns);
    }
    ByteBuffer floats = direct(Math.toIntExact(4 * floats(kind, rows / parts, columns) * parts));
    ByteBuffer codes = direct(Math.toIntExact(codes(kind, rows / parts, columns) * parts));
    ByteBuffer data = direct(Math.toIntExact(data(kind, rows, columns)));
    for (int i = 0; i < parts; i++) {
      QuantizedBytes part = of(kind, name, values.apply(i), rows / parts, columns);
      floats.put(part.floats);
      codes.put(part.codes);
      data.put(part.data);
    }
    return new QuantizedBytes(kind, rows, columns, floats.flip(), codes.flip(), data.flip());
  }

  /**
   * Quantizes values.
   *
   * @param name what they are, for the message when that is not possible
   */
  public static QuantizedBytes of(
      Quantization kind, String name, float[] values, int rows, int columns) {
    return of(kind, name, all(values), rows, columns);
  }

  /** An array's values, to be taken in parts. */
  static StoredTensor.Values all(float[] values) {
    return (from, into, count) -> System.arraycopy(values, from, into, 0, count);
  }

  private static QuantizedBytes of(
      Quantization kind, String name, StoredTensor.Values values, int rows, int columns) {
    if (kind == Quantization.INT8) {
      Int8Matrix matrix = Int8Matrix.quantize(values, rows, columns);
      return new QuantizedBytes(
          kind, rows, columns, floats(matrix.scales()), direct(0), bytes(matrix.data()));
    }
    if (columns % 2 != 0 || (long) rows * columns % Nf4.BLOCK != 0) {
      throw new UserInputException(
          "load_in_4bit: %s is %d x %d, and 4 bits need an even number of columns and a multiple of %d weights; use load_in_8bit."
              .formatted(name, rows, columns, Nf4.BLOCK));
    }
    QuantizedMatrix matrix = Nf4.quantize(values, rows, columns);
    float[] extra = new float[1 + matrix.absmax2().length];
    extra[0] = matrix.offset();
    System.arraycopy(matrix.absmax2(), 0, extra, 1, matrix.absmax2().length);
    return new QuantizedBytes(
        kind, rows, columns, floats(extra), bytes(matrix.absmaxCodes()), bytes(matrix.packed()));
  }

  /** What was written by {@link #writeTo}; the data stay in the mapped file. */
  static QuantizedBytes read(
      Quantization kind, int rows, int columns, int parts, StoredTensor stored) {
    int floats = Math.toIntExact(4L * parts * floats(kind, rows / parts, columns));
    int codes = Math.toIntExact(codes(kind, rows, columns));
    long data = data(kind, rows, columns);
    return new QuantizedBytes(
        kind,
        rows,
        columns,
        direct(floats).put(stored.buffer(0, floats)).flip(),
        direct(codes).put(stored.buffer(floats, codes)).flip(),
        stored.buffer((long) floats + codes, Math.toIntExact(data)));
  }

  /** Bytes of all parts. */
  static long size(Quantization kind, int rows, int columns, int parts) {
    return 4L * parts * floats(kind, rows / parts, columns)
        + codes(kind, rows, columns)
        + data(kind, rows, columns);
  }

  /** Bytes of this one. */
  long bytes() {
    return floats.remaining() + codes.remaining() + (long) data.remaining();
  }

  private static long floats(Quantization kind, int rows, int columns) {
    long groups = (codes(kind, rows, columns) + Nf4.GROUP - 1) / Nf4.GROUP;
    return kind == Quantization.INT8 ? rows : 1 + groups;
  }

  private static long codes(Quantization kind, int rows, int columns) {
    return kind == Quantization.INT8 ? 0 : (long) rows * columns / Nf4.BLOCK;
  }

  private static long data(Quantization kind, int rows, int columns) {
    return (long) rows * columns / (kind == Quantization.INT8 ? 1 : 2);
  }

  void writeTo(WritableByteChannel channel) throws IOException {
    for (ByteBuffer part : List.of(floats, codes, data)) {
      ByteBuffer rest = part.duplicate();
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
    }
  }

  /** Data, scale and extra as the decoder's functions take them. */
  public List<Tensor> tensors(ComputeDevice device) {
    if (kind == Quantization.INT8) {
      return List.of(
          Tensor.of(device, data, ElementType.INT8, rows, columns),
          Tensor.of(device, floats, ElementType.FLOAT32, rows, 1),
          Tensor.absent(device));
    }
    return List.of(
        Tensor.of(device, data, ElementType.UINT8, rows, columns / 2),
        Tensor.of(device, codes, ElementType.UINT8, codes.remaining()),
        Tensor.of(device, floats, ElementType.FLOAT32, floats.remaining() / 4));
  }

  private static ByteBuffer floats(float[] values) {
    ByteBuffer buffer = direct(4 * values.length);
    buffer.asFloatBuffer().put(values);
    return buffer;
  }

  private static ByteBuffer bytes(byte[] values) {
    return direct(values.length).put(values).flip();
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
