package dev.reticent.spark;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Trained values on their way to executors and back, 4 bytes each. Java's and Kryo's serializers
 * write an array of floats one at a time; bytes they copy.
 */
final class SentValues {

  private SentValues() {}

  static byte[] toBytes(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES));
    bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    return bytes.array();
  }

  static float[] ofBytes(byte[] bytes) {
    float[] values = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }
}
