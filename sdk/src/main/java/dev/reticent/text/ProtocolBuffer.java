package dev.reticent.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A message of protocol buffers, field by field: as much of the wire format as is met here. */
final class ProtocolBuffer {
  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED_32 = 5;

  private ProtocolBuffer() {}

  /**
   * A field's value: a number as it is stored, or bytes.
   *
   * @param bytes empty for numbers
   */
  record Field(int tag, long number, ByteBuffer bytes) {
    boolean flag() {
      return number != 0;
    }

    int integer() {
      return (int) number;
    }

    float single() {
      return Float.intBitsToFloat((int) number);
    }

    String text() {
      return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }
  }

  /** Takes the fields of a message, in order. */
  interface Reader {
    void take(Field field);
  }

  /**
   * Reads a message.
   *
   * @throws IllegalArgumentException if it is none
   */
  static void read(ByteBuffer message, Reader reader) {
    ByteBuffer in = message.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    while (in.hasRemaining()) {
      long key = varint(in);
      int tag = (int) (key >>> 3);
      switch ((int) (key & 7)) {
        case VARINT -> reader.take(number(tag, varint(in)));
        case FIXED_64 -> reader.take(number(tag, need(in, Long.BYTES).getLong()));
        case FIXED_32 -> reader.take(number(tag, need(in, Integer.BYTES).getInt()));
        case BYTES -> {
          int length = Math.toIntExact(Math.min(varint(in) & Long.MAX_VALUE, Integer.MAX_VALUE));
          need(in, length);
          reader.take(new Field(tag, 0, in.slice(in.position(), length)));
          in.position(in.position() + length);
        }
        default -> throw new IllegalArgumentException("no such type of field: " + (key & 7));
      }
    }
  }

  private static Field number(int tag, long value) {
    return new Field(tag, value, ByteBuffer.allocate(0));
  }

  private static ByteBuffer need(ByteBuffer in, int count) {
    if (in.remaining() < count) {
      throw new IllegalArgumentException("the file ends within a field");
    }
    return in;
  }

  /** Seven bits a byte, lowest first. */
  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = need(in, 1).get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number without end");
  }
}
