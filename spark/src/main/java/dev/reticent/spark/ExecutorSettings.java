package dev.reticent.spark;

import dev.reticent.engine.RuntimePolicy;
import org.apache.spark.SparkConf;

/** What executors must be started with so that they compute as one machine does, and fast. */
final class ExecutorSettings {

  private ExecutorSettings() {}

  /** Adds all of it that was not set yet. */
  static SparkConf complete(SparkConf conf) {
    if (conf.contains("spark.executor.cores")) {
      conf.setIfMissing("spark.executorEnv.OMP_NUM_THREADS", conf.get("spark.executor.cores"));
    }
    RuntimePolicy.malloc()
        .forEach((name, value) -> conf.setIfMissing("spark.executorEnv." + name, value));
    return conf.setIfMissing("spark.app.name", "reticent")
        // As the launcher does on one machine: MKL's sums then do not depend on its threads.
        .setIfMissing("spark.executorEnv." + RuntimePolicy.MKL, RuntimePolicy.MKL_STRICT)
        // Threads that spin while they wait make a step ten times as long on a busy machine.
        .setIfMissing("spark.executorEnv.OMP_WAIT_POLICY", "PASSIVE")
        // Most of what is broadcast is trained values, which do not get smaller.
        .setIfMissing("spark.broadcast.compress", "false")
        // A step's sums take up to 8 bytes a value and task.
        .setIfMissing("spark.driver.maxResultSize", "4g");
  }
}
