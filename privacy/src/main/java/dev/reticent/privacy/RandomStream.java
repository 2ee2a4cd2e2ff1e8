package dev.reticent.privacy;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import javax.crypto.Cipher;
import javax.crypto.ShortBufferException;

/** Uniform random bits: the keystream of a cipher in counter mode. Not thread-safe. */
final class RandomStream {

  private static final int SIZE = 1 << 14;
  private static final byte[] ZEROS = new byte[SIZE];
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final Cipher cipher;
  private final byte[] buffer = new byte[SIZE];
  private int position = SIZE;

  RandomStream(Cipher cipher) {
    this.cipher = cipher;
  }

  long nextLong() {
    if (position == SIZE) {
      refill();
    }
    long value = (long) LONGS.get(buffer, position);
    position += 8;
    return value;
  }

  /** The next bits, for all of an array. */
  void fill(long[] bits) {
    int at = 0;
    while (at < bits.length) {
      if (position == SIZE) {
        refill();
      }
      int count = Math.min(bits.length - at, (SIZE - position) / 8);
      for (int i = 0; i < count; i++) {
        bits[at + i] = (long) LONGS.get(buffer, position + 8 * i);
      }
      at += count;
      position += 8 * count;
    }
  }

  private void refill() {
    try {
      cipher.update(ZEROS, 0, SIZE, buffer, 0);
    } catch (ShortBufferException e) {
      throw new IllegalStateException(e);
    }
    position = 0;
  }

  /** Uniform on 0 … bound − 1, exactly: bits that would favour some are passed over. */
  int nextInt(int bound) {
    while (true) {
      long bits = nextLong() >>> 1;
      long value = bits % bound;
      if (bits - value + (bound - 1) >= 0) {
        return (int) value;
      }
    }
  }

  /** Uniform on [0, 1), a multiple of 2^-53. */
  double nextDouble() {
    return (nextLong() >>> 11) * 0x1p-53;
  }
}
