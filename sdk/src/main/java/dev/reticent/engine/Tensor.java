package dev.reticent.engine;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import dev.reticent.api.Internal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * A handle on an array held by libtorch.
 *
 * <p>Nothing can be computed with it but by a {@link Program}; in particular no conversion to
 * bfloat16 is offered here, since such a request from outside a program ends the whole JVM. The
 * memory is freed by {@link #close()} and by nothing else: put short-lived tensors into a {@link
 * Scope}.
 */
@Internal
public final class Tensor implements AutoCloseable {

  /** Elements that one core copies at a time. */
  private static final int PART = 1 << 18;

  private static final LongAdder TO_HOST = new LongAdder();

  private final PtNDArray array;

  Tensor(NDArray array) {
    this.array = (PtNDArray) array;
    array.detach();
  }

  /** A tensor of fp32 values, row-major, of the given shape. */
  public static Tensor of(ComputeDevice device, float[] values, long... shape) {
    ByteBuffer bytes = direct(4L * values.length);
    bytes.asFloatBuffer().put(values);
    return of(device, bytes, ElementType.FLOAT32, shape);
  }

  /** A tensor of fp64 values, row-major, of the given shape. */
  public static Tensor of(ComputeDevice device, double[] values, long... shape) {
    ByteBuffer bytes = direct(8L * values.length);
    bytes.asDoubleBuffer().put(values);
    return of(device, bytes, ElementType.FLOAT64, shape);
  }

  /** A tensor of fp32 values from a part of an array. */
  public static Tensor ofPart(
      ComputeDevice device, float[] values, int offset, int length, long... shape) {
    ByteBuffer bytes = direct(4L * length);
    bytes.asFloatBuffer().put(values, offset, length);
    return of(device, bytes, ElementType.FLOAT32, shape);
  }

  /** A tensor of 64-bit integers, row-major, of the given shape. */
  public static Tensor of(ComputeDevice device, long[] values, long... shape) {
    ByteBuffer bytes = direct(8L * values.length);
    bytes.asLongBuffer().put(values);
    return of(device, bytes, ElementType.INT64, shape);
  }

  /** A tensor without dimensions that holds one fp32 number. */
  public static Tensor scalar(ComputeDevice device, double value) {
    return of(device, new float[] {(float) value});
  }

  /** A tensor of shape [0]: the way to say "absent" to a program. */
  public static Tensor absent(ComputeDevice device) {
    return of(device, new float[0], 0);
  }

  /**
   * A tensor over raw native-order bytes.
   *
   * <p>On the CPU a direct buffer is shared, not copied, and kept reachable as long as the tensor
   * is: a mapped file serves as weights without a second copy in memory.
   *
   * @throws IllegalArgumentException when the buffer's size is not that of the shape
   */
  public static Tensor of(ComputeDevice device, ByteBuffer bytes, ElementType type, long... shape) {
    long expected = type.bytes();
    for (long n : shape) {
      expected *= n;
    }
    if (bytes.remaining() != expected) {
      throw new IllegalArgumentException(
          "a tensor of shape %s and type %s takes %d bytes, got %d"
              .formatted(Arrays.toString(shape), type, expected, bytes.remaining()));
    }
    ByteBuffer slice = bytes.slice().order(ByteOrder.nativeOrder());
    return new Tensor(
        Engine.started()
            .manager(device)
            .create(slice, new ai.djl.ndarray.types.Shape(shape), type.toDjl()));
  }

  /**
   * A matrix over bf16 numbers in a direct buffer, little endian, on the host: shared, not copied,
   * and kept reachable as long as the tensor is. Empty where this libtorch makes none.
   */
  public static Optional<Tensor> ofBfloat16(ByteBuffer bytes, int rows, int columns) {
    if (bytes.remaining() != 2L * rows * columns) {
      throw new IllegalArgumentException(
          "a bf16 matrix %d x %d, got %d bytes".formatted(rows, columns, bytes.remaining()));
    }
    return RawTensors.bfloat16(bytes, rows, columns);
  }

  private static ByteBuffer direct(long bytes) {
    return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
  }

  /** The sizes of the dimensions. */
  public long[] shape() {
    return array.getShape().getShape();
  }

  /** How often elements were copied to the host, each time waiting for what computes them. */
  public static long copiesToHost() {
    return TO_HOST.sum();
  }

  /** Copies fp32 elements to the host. */
  public float[] toFloats() {
    float[] values = new float[Math.toIntExact(array.size())];
    copyTo(values, 0);
    return values;
  }

  /** Copies fp32 elements to a place in an array, and says where they end. */
  public int copyTo(float[] target, int at) {
    return read(
        bytes -> {
          FloatBuffer elements = bytes.asFloatBuffer();
          int count = elements.remaining();
          elements.get(target, at, count);
          return at + count;
        });
  }

  /** Copies fp64 elements to a place in an array, and says where they end. */
  public int copyTo(double[] target, int at) {
    return read(
        bytes -> {
          DoubleBuffer elements = bytes.asDoubleBuffer();
          int count = elements.remaining();
          elements.get(target, at, count);
          return at + count;
        });
  }

  /** Copies 64-bit integers to a place in an array, on all cores, and says where they end. */
  public int copyTo(long[] target, int at) {
    return read(
        bytes -> {
          LongBuffer elements = bytes.asLongBuffer();
          int count = elements.remaining();
          IntStream.range(0, (count + PART - 1) / PART)
              .parallel()
              .forEach(
                  part -> {
                    int from = part * PART;
                    elements.get(from, target, at + from, Math.min(PART, count - from));
                  });
          return at + count;
        });
  }

  /** Copies fp64 elements to the host. */
  public double[] toDoubles() {
    double[] values = new double[Math.toIntExact(array.size())];
    copyTo(values, 0);
    return values;
  }

  /** Copies 64-bit integers to the host. */
  public long[] toLongs() {
    long[] values = new long[Math.toIntExact(array.size())];
    copyTo(values, 0);
    return values;
  }

  /** Reads the elements; DJL would keep a card's copy of them on the host for good. */
  private int read(ToIntFunction<ByteBuffer> reader) {
    TO_HOST.increment();
    if (array.getDevice().isGpu()) {
      try (NDArray host = array.toDevice(Device.cpu(), true)) {
        return reader.applyAsInt(host.toByteBuffer(true).order(ByteOrder.nativeOrder()));
      }
    }
    return reader.applyAsInt(array.toByteBuffer(true).order(ByteOrder.nativeOrder()));
  }

  /** The fp32 elements of a tensor on the host, to be written; as long as it is open. */
  public FloatBuffer elements() {
    return array.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  PtNDArray array() {
    return array;
  }

  @Override
  public void close() {
    array.close();
  }
}
