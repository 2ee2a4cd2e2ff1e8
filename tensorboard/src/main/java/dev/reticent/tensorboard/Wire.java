package dev.reticent.tensorboard;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Writes Protocol Buffers' wire format into a growing buffer: a field's key is (number &lt;&lt; 3 |
 * type), with type 0 a varint, 1 eight bytes, 2 a length and so many bytes, 5 four bytes.
 */
final class Wire {

  private byte[] buffer;
  private int size;

  Wire() {
    this(64);
  }

  Wire(int capacity) {
    buffer = new byte[capacity];
  }

  Wire number(int field, long value) {
    varint((long) field << 3);
    varint(value);
    return this;
  }

  Wire float64(int field, double value) {
    varint(((long) field << 3) | 1);
    littleEndian(Double.doubleToRawLongBits(value), 8);
    return this;
  }

  Wire float32(int field, float value) {
    varint(((long) field << 3) | 5);
    littleEndian(Float.floatToRawIntBits(value), 4);
    return this;
  }

  Wire text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  Wire bytes(int field, byte[] value) {
    varint(((long) field << 3) | 2);
    varint(value.length);
    return raw(value, value.length);
  }

  Wire message(int field, Wire value) {
    varint(((long) field << 3) | 2);
    varint(value.size);
    return raw(value.buffer, value.size);
  }

  /** Fields that are already encoded. */
  Wire fields(Wire value) {
    return raw(value.buffer, value.size);
  }

  /** A record of an event file: length, its checksum, the event, its checksum (TFRecord). */
  Wire record(Wire event) {
    int at = size;
    littleEndian(event.size, 8);
    littleEndian(maskedChecksum(buffer, at, 8), 4);
    raw(event.buffer, event.size);
    littleEndian(maskedChecksum(event.buffer, 0, event.size), 4);
    return this;
  }

  private static int maskedChecksum(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }

  Wire clear() {
    size = 0;
    return this;
  }

  byte[] toBytes() {
    return Arrays.copyOf(buffer, size);
  }

  private void varint(long value) {
    reserve(10);
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      buffer[size++] = (byte) ((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    buffer[size++] = (byte) rest;
  }

  void littleEndian(long bits, int count) {
    reserve(count);
    for (int i = 0; i < count; i++) {
      buffer[size++] = (byte) (bits >>> (8 * i));
    }
  }

  private Wire raw(byte[] bytes, int length) {
    reserve(length);
    System.arraycopy(bytes, 0, buffer, size, length);
    size += length;
    return this;
  }

  private void reserve(int more) {
    if (buffer.length - size < more) {
      buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, size + more));
    }
  }
}
