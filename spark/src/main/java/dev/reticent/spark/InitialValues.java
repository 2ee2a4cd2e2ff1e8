package dev.reticent.spark;

import dev.reticent.config.UserInputException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.spark.api.java.function.Function;

/** The values that a run starts from, computed on an executor's model. */
final class InitialValues implements Function<byte[], byte[]> {

  private static final long serialVersionUID = 1L;

  @Override
  public byte[] call(byte[] settings) {
    try {
      float[] values = ExecutorModel.initial(new String(settings, StandardCharsets.UTF_8));
      ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length);
      bytes.asFloatBuffer().put(values);
      return Reply.done(bytes.array());
    } catch (UserInputException e) {
      return Reply.refused(String.valueOf(e.getMessage()));
    }
  }

  /** What such a task sent. */
  static float[] read(byte[] reply) {
    FloatBuffer values = ByteBuffer.wrap(Reply.result(reply)).asFloatBuffer();
    float[] read = new float[values.remaining()];
    values.get(read);
    return read;
  }
}
