package dev.reticent.format;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.OptionalLong;

/** Finds NaN and infinity among stored values: those whose exponent's bits are all set. */
final class NonFinite {
  /** The exponent's bits of one value. */
  private static final Map<Dtype, Long> EXPONENTS =
      Map.of(Dtype.F32, 0x7F800000L, Dtype.F16, 0x7C00L, Dtype.BF16, 0x7F80L);

  private NonFinite() {}

  /**
   * The byte at which the first such value stands, from a byte on; empty for types without them.
   *
   * <p>Eight bytes at a time: a lane of {@code (x & e) ^ e} is zero where the exponent e is all
   * set, and {@code (v - low) & ~v & high} has a bit set if some lane of v is zero.
   */
  static OptionalLong first(ByteBuffer values, int from, Dtype dtype) {
    Long exponent = EXPONENTS.get(dtype);
    if (exponent == null) {
      return OptionalLong.empty();
    }
    int width = dtype.bytes();
    long low = width == 2 ? 0x0001000100010001L : 0x0000000100000001L;
    long mask = exponent * low;
    long high = low << (8 * width - 1);
    int at = from;
    for (; at + Long.BYTES <= values.capacity(); at += Long.BYTES) {
      long v = (values.getLong(at) & mask) ^ mask;
      if (((v - low) & ~v & high) != 0) {
        break;
      }
    }
    for (; at + width <= values.capacity(); at += width) {
      long value = width == 2 ? values.getShort(at) : values.getInt(at);
      if ((value & exponent) == exponent) {
        return OptionalLong.of(at);
      }
    }
    return OptionalLong.empty();
  }
}
