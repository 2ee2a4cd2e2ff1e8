package dev.reticent.privacy;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Whole numbers in as many bytes as the largest of their neighbors needs: blocks of 1024, each with
 * its width in front, signs in the lowest bit (zigzag). Clipped sums take about half of eight bytes
 * a value.
 */
final class PackedLongs {

  private static final int BLOCK = 1024;

  private PackedLongs() {}

  static byte[] pack(long[] values) {
    byte[] out = new byte[size(values)];
    int at = 0;
    for (int from = 0; from < values.length; from += BLOCK) {
      int to = Math.min(values.length, from + BLOCK);
      int width = width(values, from, to);
      out[at++] = (byte) width;
      for (int i = from; i < to; i++) {
        long rest = zigzag(values[i]);
        for (int b = 0; b < width; b++) {
          out[at++] = (byte) rest;
          rest >>>= 8;
        }
      }
    }
    return out;
  }

  /**
   * @throws IndexOutOfBoundsException when there are too few bytes
   */
  static long[] unpack(ByteBuffer in, int count) {
    byte[] bytes = in.array();
    int at = in.arrayOffset() + in.position();
    long[] values = new long[count];
    for (int from = 0; from < count; from += BLOCK) {
      int to = Math.min(count, from + BLOCK);
      int width = bytes[at++];
      for (int i = from; i < to; i++) {
        long packed = 0;
        for (int b = 0; b < width; b++) {
          packed |= (bytes[at++] & 0xffL) << (8 * b);
        }
        values[i] = (packed >>> 1) ^ -(packed & 1);
      }
    }
    return values;
  }

  private static int size(long[] values) {
    long size = 0;
    for (int from = 0; from < values.length; from += BLOCK) {
      int to = Math.min(values.length, from + BLOCK);
      size += 1 + (long) width(values, from, to) * (to - from);
    }
    return Math.toIntExact(size);
  }

  private static int width(long[] values, int from, int to) {
    long any = Arrays.stream(values, from, to).map(PackedLongs::zigzag).reduce(0, (a, b) -> a | b);
    return (71 - Long.numberOfLeadingZeros(any)) / 8;
  }

  private static long zigzag(long value) {
    return value << 1 ^ value >> 63;
  }
}
