package dev.reticent.spark;

import dev.reticent.run.RemoteModel;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/** The model that an executor computes micro-batches with: that of the run it worked for last. */
final class ExecutorModel {

  private static final HeldModels<RemoteModel> MODELS =
      new HeldModels<>(
          "the run's settings",
          settings -> RemoteModel.open(settings, threads()),
          RemoteModel::close);

  private ExecutorModel() {}

  /** The cards that are the task's own, else the processors. */
  static List<String> devices() {
    ResourceInformation cards = TaskContext.get().resourcesJMap().get("gpu");
    return cards == null ? List.of("cpu") : named(cards.addresses());
  }

  /**
   * Devices by what a discovery script calls them: the number of a card, or a name of our own such
   * as {@code cpu:1}, with which a cluster without cards can be tried.
   */
  static List<String> named(String[] addresses) {
    return Arrays.stream(addresses)
        .map(address -> address.matches("\\d+") ? "cuda:" + address : address)
        .toList();
  }

  /** Does a job of a run. */
  static byte[] run(String settings, String version, float[] values, byte[] job) {
    return MODELS.use(settings, model -> model.run(version, values, job));
  }

  /** The values that a run starts from. */
  static float[] initial(String settings) {
    return MODELS.use(settings, RemoteModel::initial);
  }

  /** The cores of an executor, of which Spark knows only when it was told. */
  private static int threads() {
    String cores = SparkEnv.get().conf().get("spark.executor.cores", "");
    return cores.isEmpty() ? Runtime.getRuntime().availableProcessors() : Integer.parseInt(cores);
  }
}
