package dev.reticent.privacy;

import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The clipped sum of some units of a step, in whole numbers on the grid of their clip norm: the
 * same bits in whatever order such sums are added.
 *
 * <p>Private: nothing can be read from it but {@link #toBytes}, which are as secret as the data and
 * meant for the process that adds the sums up. Only an accumulator makes one; what comes back from
 * bytes is checked against the norm of so many units when it is added.
 */
public final class PartialSum implements Serializable {

  private static final long serialVersionUID = 1L;

  /** "RPS" and the version of what follows. */
  private static final int VERSION = 0x52505301;

  private final int step;
  private final double clipNorm;
  private final int[] units;
  private transient long[] sum;

  PartialSum(int step, double clipNorm, int[] units, long[] sum) {
    this.step = step;
    this.clipNorm = clipNorm;
    this.units = units;
    this.sum = sum;
  }

  int step() {
    return step;
  }

  double clipNorm() {
    return clipNorm;
  }

  /** The units in it, ascending. */
  int[] units() {
    return units;
  }

  int coordinates() {
    return sum.length;
  }

  /** The sum itself, which is not kept. */
  long[] take() {
    long[] taken = sum;
    sum = new long[0];
    return taken;
  }

  /**
   * All of it, packed: version, length, step, clip norm, units, sum, and a CRC-32C of these.
   *
   * @see #ofBytes
   */
  public byte[] toBytes() {
    byte[] packed = PackedLongs.pack(sum);
    ByteBuffer out = ByteBuffer.allocate(32 + 4 * units.length + packed.length);
    out.putInt(VERSION).putInt(out.capacity()).putInt(step).putDouble(clipNorm);
    out.putInt(units.length).putInt(sum.length);
    for (int unit : units) {
      out.putInt(unit);
    }
    out.put(packed);
    out.putInt(crc(out.array(), out.position()));
    return out.array();
  }

  /**
   * What {@link #toBytes} packed.
   *
   * @throws IllegalArgumentException when the bytes are of another version, cut or changed
   */
  public static PartialSum ofBytes(byte[] bytes) {
    try {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      if (in.getInt() != VERSION) {
        throw new IllegalArgumentException(
            "these bytes are no partial sum of this version; run the same jar on all machines");
      }
      if (in.getInt() != bytes.length
          || in.getInt(bytes.length - 4) != crc(bytes, bytes.length - 4)) {
        throw new IllegalArgumentException("a partial sum was cut or changed on its way");
      }
      int step = in.getInt();
      double clipNorm = in.getDouble();
      int[] units = new int[in.getInt()];
      int coordinates = in.getInt();
      for (int i = 0; i < units.length; i++) {
        units[i] = in.getInt();
      }
      return new PartialSum(step, clipNorm, units, PackedLongs.unpack(in, coordinates));
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("a partial sum was cut or changed on its way", e);
    }
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  /** Java's serialisation writes the packed bytes. */
  private Object writeReplace() {
    return new Packed(toBytes());
  }

  private void readObject(ObjectInputStream in) throws InvalidObjectException {
    throw new InvalidObjectException("a partial sum is read from its packed bytes");
  }

  @SuppressWarnings("ArrayRecordComponent") // crosses once, never compared
  private record Packed(byte[] bytes) implements Serializable {
    private Object readResolve() {
      return ofBytes(bytes);
    }
  }

  @Override
  public String toString() {
    return "the clipped sum of " + units.length + " units of step " + step;
  }

  /** The squared L2 norm in units of the grid. */
  double squares() {
    double[] blocks = new double[sum.length / Blocks.SIZE + 1];
    Blocks.inParallel(
        sum.length,
        (from, to) -> {
          double squares = 0;
          for (int i = from; i < to; i++) {
            squares += (double) sum[i] * sum[i];
          }
          blocks[from / Blocks.SIZE] = squares;
        });
    return Arrays.stream(blocks).sum();
  }
}
