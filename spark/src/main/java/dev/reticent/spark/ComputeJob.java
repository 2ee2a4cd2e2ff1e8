package dev.reticent.spark;

import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;

/** What a task does on an executor: three fields, so that nothing else is dragged along. */
final class ComputeJob implements Function<byte[], byte[]> {

  private static final long serialVersionUID = 1L;

  private final String settings;
  private final String version;
  private final Broadcast<byte[]> values;

  /**
   * @param settings of the run, as YAML
   * @param version names the values
   * @param values what is trained, as it now stands: {@link SentValues}
   */
  ComputeJob(String settings, String version, Broadcast<byte[]> values) {
    this.settings = settings;
    this.version = version;
    this.values = values;
  }

  @Override
  public byte[] call(byte[] job) {
    return Reply.of(
        () -> ExecutorModel.run(settings, version, SentValues.ofBytes(values.value()), job));
  }
}
