package dev.reticent.spark;

import dev.reticent.config.UserInputException;
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

  /** Whatever the user can cure comes back as a reply: Spark would try it three times more. */
  @Override
  public byte[] call(byte[] job) {
    try {
      return Reply.done(
          ExecutorModel.run(settings, version, SentValues.ofBytes(values.value()), job));
    } catch (UserInputException e) {
      return Reply.refused(String.valueOf(e.getMessage()));
    }
  }
}
