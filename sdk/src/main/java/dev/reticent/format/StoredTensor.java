package dev.reticent.format;

import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;

/**
 * One tensor of a safetensors file: its type and shape, and its bytes on demand.
 *
 * <p>Bytes are mapped, not read: pages come in when touched and can be dropped by the system. The
 * mapping lives as long as a buffer onto it; the file must not shrink meanwhile.
 */
public final class StoredTensor {
  private static final int PART = 1 << 26; // values widened from one mapping

  private final Path file;
  private final FileChannel channel;
  private final String name;
  private final Dtype dtype;
  private final List<Long> shape;
  private final long start;
  private final long bytes;

  StoredTensor(
      Path file,
      FileChannel channel,
      String name,
      Dtype dtype,
      List<Long> shape,
      long start,
      long bytes) {
    this.file = file;
    this.channel = channel;
    this.name = name;
    this.dtype = dtype;
    this.shape = List.copyOf(shape);
    this.start = start;
    this.bytes = bytes;
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

  /** The file that holds the values. */
  public Path file() {
    return file;
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
      return channel
          .map(FileChannel.MapMode.READ_ONLY, start + from, length)
          .order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new UserInputException(file + ": tensor " + name + " cannot be read: " + e, e);
    }
  }

  /** All values as floats, row-major; F32, F16 and BF16 only. */
  public float[] floats() {
    return floats(0, Math.toIntExact(elements()));
  }

  /** The {@code count} values from value {@code from} on as floats; F32, F16 and BF16 only. */
  public float[] floats(long from, int count) {
    float[] values = new float[count];
    for (int done = 0; done < count; done += PART) {
      int n = Math.min(PART, count - done);
      widen(buffer((from + done) * dtype.bytes(), n * dtype.bytes()), values, done, n);
    }
    return values;
  }

  private void widen(ByteBuffer part, float[] values, int from, int count) {
    switch (dtype) {
      case F32 -> part.asFloatBuffer().get(values, from, count);
      case F16 -> {
        for (int i = 0; i < count; i++) {
          values[from + i] = Floats.fromHalf(part.getShort(2 * i));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          values[from + i] = Floats.fromBfloat(part.getShort(2 * i));
        }
      }
      default ->
          throw new UserInputException(
              file + ": tensor " + name + ": expected type F32, F16 or BF16, found " + dtype + ".");
    }
  }

  @Override
  public String toString() {
    return name + " " + dtype + shape;
  }
}
