package dev.reticent.tensorboard;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes Protocol Buffers' wire format: a field's key is (number &lt;&lt; 3 | type), with type 0 a
 * varint, 1 eight bytes, 2 a length and so many bytes, 5 four bytes.
 */
final class Wire {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(64);

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

  Wire message(int field, Wire value) {
    return bytes(field, value.toBytes());
  }

  Wire bytes(int field, byte[] value) {
    varint(((long) field << 3) | 2);
    varint(value.length);
    out.writeBytes(value);
    return this;
  }

  byte[] toBytes() {
    return out.toByteArray();
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private void littleEndian(long bits, int count) {
    for (int i = 0; i < count; i++) {
      out.write((int) (bits >>> (8 * i)));
    }
  }
}
