package dev.reticent.spark;

import java.nio.charset.StandardCharsets;
import org.apache.spark.api.java.function.Function;

/** The values that a run starts from, computed on an executor's model. */
final class InitialValues implements Function<byte[], byte[]> {

  private static final long serialVersionUID = 1L;

  @Override
  public byte[] call(byte[] settings) {
    String yaml = new String(settings, StandardCharsets.UTF_8);
    return Reply.of(() -> SentValues.toBytes(ExecutorModel.initial(yaml)));
  }

  /** What such a task sent. */
  static float[] read(byte[] reply) {
    return SentValues.ofBytes(Reply.result(reply));
  }
}
