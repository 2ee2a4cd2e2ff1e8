package dev.reticent.spark;

import dev.reticent.config.Config;
import dev.reticent.run.RemoteModel;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.jspecify.annotations.Nullable;

/**
 * The model that an executor holds on some devices: that of the run it worked for last. Tasks for
 * the same devices take turns.
 */
final class ExecutorModel {

  private static final Map<List<String>, ExecutorModel> HELD = new ConcurrentHashMap<>();

  private final List<String> devices;
  private String settings = "";
  private @Nullable RemoteModel model;

  private ExecutorModel(List<String> devices) {
    this.devices = devices;
  }

  /** The one on the devices that Spark gave to this task. */
  static ExecutorModel here() {
    return HELD.computeIfAbsent(devices(), ExecutorModel::new);
  }

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

  /** Does a job of a run; loads its model for the first one, which takes its time. */
  synchronized byte[] run(String ofRun, String version, float[] values, byte[] job) {
    if (model == null || !settings.equals(ofRun)) {
      close();
      model = RemoteModel.open(here(ofRun), threads());
      settings = ofRun;
    }
    return model.run(version, values, job);
  }

  private void close() {
    if (model != null) {
      model.close();
      model = null;
    }
  }

  private Config here(String ofRun) {
    return Config.parse("the run's settings", ofRun).with("devices", devices);
  }

  /** The cores of an executor, of which Spark knows only when it was told. */
  private static int threads() {
    String cores = SparkEnv.get().conf().get("spark.executor.cores", "");
    return cores.isEmpty() ? Runtime.getRuntime().availableProcessors() : Integer.parseInt(cores);
  }
}
