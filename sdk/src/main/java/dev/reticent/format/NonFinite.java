package dev.reticent.format;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.OptionalLong;

/** Finds NaN and infinity among stored values. */
final class NonFinite {
  /**
   * Bits that are all set in values that are not finite, and in no others: the exponent's; in
   * F8_E4M3, which has NaN alone, the mantissa's too.
   */
  private static final Map<Dtype, Long> BITS =
      Map.of(
          Dtype.F64, 0x7FF0000000000000L,
          Dtype.F32, 0x7F800000L,
          Dtype.F16, 0x7C00L,
          Dtype.BF16, 0x7F80L,
          Dtype.F8_E4M3, 0x7FL);

  private NonFinite() {}

  /**
   * The byte at which the first such value stands, from a byte on; empty for types without them.
   *
   * <p>Eight bytes at a time: a lane of {@code (x & bits) ^ bits} is zero where all bits are set,
   * and {@code (v - low) & ~v & high} is not zero if some lane of v is.
   */
  static OptionalLong first(ByteBuffer values, int from, Dtype dtype) {
    Long bits = BITS.get(dtype);
    if (bits == null) {
      return OptionalLong.empty();
    }
    int width = dtype.bytes();
    long low = 0;
    for (int lane = 0; lane < Long.BYTES; lane += width) {
      low |= 1L << (Byte.SIZE * lane);
    }
    long mask = bits * low;
    long high = low << (Byte.SIZE * width - 1);
    int at = from;
    while (at + Long.BYTES <= values.capacity()) {
      long v = (values.getLong(at) & mask) ^ mask;
      if (((v - low) & ~v & high) != 0) {
        break;
      }
      at += Long.BYTES;
    }
    for (; at + width <= values.capacity(); at += width) {
      if ((value(values, at, width) & bits) == bits) {
        return OptionalLong.of(at);
      }
    }
    return OptionalLong.empty();
  }

  private static long value(ByteBuffer values, int at, int width) {
    return switch (width) {
      case Long.BYTES -> values.getLong(at);
      case Integer.BYTES -> values.getInt(at);
      case Short.BYTES -> values.getShort(at);
      default -> values.get(at);
    };
  }
}
