package dev.reticent.format;

import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * One tensor of a safetensors file: its type and shape, and its bytes on demand.
 *
 * <p>Bytes are mapped, not read: pages come in when touched and can be dropped by the system. The
 * mapping lives as long as a buffer onto it; the file must not shrink meanwhile.
 */
public sealed class StoredTensor permits StackedTensor, Mxfp4Tensor {
  private static final int MAPPED = 1 << 26; // values widened from one mapping
  private static final int PART = 1 << 18; // values widened by one core at a time

  /** Values that are taken in parts, by any number of threads at once. */
  @FunctionalInterface
  public interface Values {
    /** Fills the first {@code count} places with the values from value {@code from} on. */
    void read(int from, float[] into, int count);
  }

  private final Path file;
  final FileChannel channel;
  private final String name;
  private final Dtype dtype;
  private final List<Long> shape;
  private final long start;
  private final long bytes;
  private volatile long checked;
  private final boolean transposed;
  private final Optional<StoredTensor> scales;

  StoredTensor(
      Path file,
      FileChannel channel,
      String name,
      Dtype dtype,
      List<Long> shape,
      long start,
      long bytes) {
    this(file, channel, name, dtype, shape, start, bytes, false, Optional.empty());
  }

  private StoredTensor(
      Path file,
      FileChannel channel,
      String name,
      Dtype dtype,
      List<Long> shape,
      long start,
      long bytes,
      boolean transposed,
      Optional<StoredTensor> scales) {
    this.file = file;
    this.channel = channel;
    this.name = name;
    this.dtype = dtype;
    this.shape = List.copyOf(shape);
    this.start = start;
    this.bytes = bytes;
    this.transposed = transposed;
    this.scales = scales;
  }

  /** One of the tensors of which this one is made along its first dimension. */
  public StoredTensor slice(long index) {
    List<Long> inner = shape.subList(1, shape.size());
    long size = bytes / shape.get(0);
    return new StoredTensor(file, channel, name, dtype, inner, start + index * size, size);
  }

  /** A matrix with rows for columns. */
  public StoredTensor transpose() {
    List<Long> turned = List.of(shape.get(1), shape.get(0));
    return new StoredTensor(file, channel, name, dtype, turned, start, bytes, !transposed, scales);
  }

  /**
   * A matrix whose values count times their scales: one for all, one for each row, or one for each
   * block of equal size.
   */
  StoredTensor scaledBy(StoredTensor itsScales) {
    return new StoredTensor(
        file, channel, name, dtype, shape, start, bytes, transposed, Optional.of(itsScales));
  }

  /** Whether the bytes in the file are the values as they are meant. */
  public boolean isPlain() {
    return !transposed && scales.isEmpty();
  }

  public String name() {
    return name;
  }

  public Dtype dtype() {
    return dtype;
  }

  /** Dimensions, outermost first; empty for a scalar. */
  public List<Long> shape() {
    return shape;
  }

  /** The file that holds the values, or the first of them. */
  public Path file() {
    return file;
  }

  /** All files that hold some of the values. */
  public List<Path> files() {
    return List.of(file);
  }

  /** Size of the values in the file. */
  public long bytes() {
    return bytes;
  }

  public long elements() {
    return bytes / dtype.bytes();
  }

  /**
   * All values, row-major, little endian, read-only.
   *
   * @throws UserInputException if they are 2 GiB or more: take them in parts
   */
  public ByteBuffer buffer() {
    if (bytes > Integer.MAX_VALUE) {
      throw new UserInputException(
          file + ": tensor " + name + " has " + bytes + " bytes, too many for one buffer.");
    }
    return buffer(0, (int) bytes);
  }

  /** The {@code length} bytes from byte {@code from} of the values on, little endian, read-only. */
  public ByteBuffer buffer(long from, int length) {
    if (from < 0 || length < 0 || from + length > bytes) {
      throw new IndexOutOfBoundsException(
          name + ": bytes " + from + " to " + (from + length) + " of " + bytes);
    }
    try {
      ByteBuffer part =
          channel
              .map(FileChannel.MapMode.READ_ONLY, start + from, length)
              .order(ByteOrder.LITTLE_ENDIAN);
      check(part, from);
      return part;
    } catch (IOException e) {
      throw new UserInputException(file + ": tensor " + name + " cannot be read: " + e, e);
    }
  }

  /** Lets values that are not finite pass. */
  void takeAsSaved() {
    checked = bytes;
  }

  /** Refuses values that are not finite, once each: weights may be read again at every step. */
  private void check(ByteBuffer part, long from) {
    long seen = checked;
    if (from + part.capacity() <= seen) {
      return;
    }
    OptionalLong at = NonFinite.first(part, (int) Math.max(0, seen - from), dtype);
    if (at.isPresent()) {
      long value = (from + at.getAsLong()) / dtype.bytes();
      throw new UserInputException(
          file
              + ": tensor "
              + name
              + ": value "
              + value
              + " is not a finite number. The file is damaged, or was saved by a run that diverged;"
              + " get it anew.");
    }
    checked = from <= seen ? from + part.capacity() : seen;
  }

  /** All values as floats, row-major; of floating-point types only. */
  public float[] floats() {
    return floats(0, Math.toIntExact(elements()));
  }

  /** The {@code count} values from value {@code from} on as floats; as {@link #floats()}. */
  public float[] floats(long from, int count) {
    if (transposed) {
      float[] all = transpose().floats();
      int rows = Math.toIntExact(shape.get(0));
      int columns = Math.toIntExact(shape.get(1));
      float[] turned = new float[count];
      for (int i = 0; i < count; i++) {
        int at = Math.toIntExact(from + i);
        turned[i] = all[at % columns * rows + at / columns];
      }
      return turned;
    }
    float[] values = new float[count];
    for (int done = 0; done < count; done += MAPPED) {
      int n = Math.min(MAPPED, count - done);
      ByteBuffer mapped = buffer((from + done) * dtype.bytes(), n * dtype.bytes());
      int to = done;
      IntStream.range(0, (n + PART - 1) / PART)
          .parallel()
          .forEach(
              part -> {
                int at = part * PART;
                widen(mapped, at, values, to + at, Math.min(PART, n - at));
              });
    }
    scales.ifPresent(s -> scale(values, from, s));
    return values;
  }

  /**
   * The {@code count} values from value {@code from} on, widened only when they are read: of a
   * large matrix, no second copy is in memory.
   */
  public Values values(long from, int count) {
    long size = (long) count * dtype.bytes();
    if (!isPlain() || size > Integer.MAX_VALUE) {
      float[] all = floats(from, count);
      return (at, into, n) -> System.arraycopy(all, at, into, 0, n);
    }
    ByteBuffer mapped = buffer(from * dtype.bytes(), (int) size);
    return (at, into, n) -> widen(mapped, at, into, 0, n);
  }

  private void scale(float[] values, long from, StoredTensor by) {
    float[] factors = by.floats();
    long rows = shape.get(0);
    long columns = elements() / rows;
    long down = by.shape().isEmpty() ? 1 : by.shape().get(0);
    long across = by.elements() / down;
    long height = (rows + down - 1) / down;
    long width = (columns + across - 1) / across;
    for (int i = 0; i < values.length; i++) {
      long at = from + i;
      values[i] *= factors[Math.toIntExact(at / columns / height * across + at % columns / width)];
    }
  }

  /** Values of a part, from value {@code at} of it on. */
  private void widen(ByteBuffer part, int at, float[] values, int from, int count) {
    switch (dtype) {
      case F32 -> part.asFloatBuffer().get(at, values, from, count);
      case F16 -> {
        ShortBuffer bits = part.asShortBuffer();
        for (int i = 0; i < count; i++) {
          values[from + i] = Floats.fromHalf(bits.get(at + i));
        }
      }
      case BF16 -> {
        ShortBuffer bits = part.asShortBuffer();
        for (int i = 0; i < count; i++) {
          values[from + i] = Floats.fromBfloat(bits.get(at + i));
        }
      }
      case F64 -> {
        for (int i = 0; i < count; i++) {
          values[from + i] = (float) part.getDouble(8 * (at + i));
        }
      }
      case F8_E4M3 -> {
        for (int i = 0; i < count; i++) {
          values[from + i] = Floats.fromE4m3(part.get(at + i));
        }
      }
      default ->
          throw new UserInputException(
              file
                  + ": tensor "
                  + name
                  + ": expected type F64, F32, F16, BF16 or F8_E4M3, found "
                  + dtype
                  + ".");
    }
  }

  @Override
  public String toString() {
    return name + " " + dtype + shape;
  }
}
