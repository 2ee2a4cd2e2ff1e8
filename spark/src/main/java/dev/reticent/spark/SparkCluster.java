package dev.reticent.spark;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.run.Cluster;
import dev.reticent.run.FinetuneListener;
import dev.reticent.training.Crew;
import dev.reticent.training.Trainable;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** A Spark context that computes the micro-batches of a run. */
final class SparkCluster implements Cluster {

  private final JavaSparkContext context;
  private final TaskCount tasks;
  private final boolean own;

  private SparkCluster(JavaSparkContext context, TaskCount tasks, boolean own) {
    this.context = context;
    this.tasks = tasks;
    this.own = own;
  }

  /** Somebody else's, which is left as it is. */
  static SparkCluster of(
      JavaSparkContext context, Optional<Integer> tasks, FinetuneListener listener) {
    return checked(context, tasks, listener, false);
  }

  /** One of its own, stopped at the end. */
  static SparkCluster start(SparkConf conf, Optional<Integer> tasks, FinetuneListener listener) {
    return checked(started(ExecutorSettings.complete(conf)), tasks, listener, true);
  }

  private static JavaSparkContext started(SparkConf conf) {
    try {
      return new JavaSparkContext(conf);
    } catch (IllegalAccessError | ExceptionInInitializerError e) {
      throw new UserInputException(
          "Spark does not start in this JVM. It needs options such as"
              + " --add-opens=java.base/sun.nio.ch=ALL-UNNAMED: start the program with spark-submit"
              + " or ./reticent, which give them.",
          e);
    }
  }

  private static SparkCluster checked(
      JavaSparkContext context, Optional<Integer> tasks, FinetuneListener listener, boolean own) {
    SparkConf conf = context.getConf();
    if (!context.isLocal() && !conf.getBoolean("spark.network.crypto.enabled", false)) {
      listener.notice(
          "sums without noise go from executors to the driver in clear text; set"
              + " spark.network.crypto.enabled and spark.io.encryption.enabled, or trust the"
              + " network");
    }
    return new SparkCluster(context, new TaskCount(context, tasks), own);
  }

  @Override
  public Crew open(Config settings, Trainable trainable, int rowsAtOnce) {
    return new SparkCrew(context, settings.toYaml(), trainable, rowsAtOnce, tasks);
  }

  @Override
  public void close() {
    if (own) {
      context.close();
    }
  }
}
