package dev.reticent.spark;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.data.Tables;
import dev.reticent.run.Cluster;
import dev.reticent.run.FinetuneListener;
import dev.reticent.training.Crew;
import dev.reticent.training.Trainable;
import java.util.Iterator;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** A Spark context that computes the micro-batches of a run. */
final class SparkCluster implements Cluster {

  private final JavaSparkContext context;
  private final TaskCount tasks;
  private final Tables tables;
  private final boolean own;

  private SparkCluster(JavaSparkContext context, TaskCount tasks, Tables tables, boolean own) {
    this.context = context;
    this.tasks = tasks;
    this.tables = tables;
    this.own = own;
  }

  /** Somebody else's, which is left as it is. */
  static SparkCluster of(
      JavaSparkContext context, Optional<Integer> tasks, Tables tables, FinetuneListener listener) {
    return checked(context, tasks, tables, listener, false);
  }

  /** One of its own, stopped at the end. */
  static SparkCluster start(SparkConf conf, Optional<Integer> tasks, FinetuneListener listener) {
    return checked(
        started(ExecutorSettings.complete(conf)), tasks, SparkTables.ofCatalog(), listener, true);
  }

  private static JavaSparkContext started(SparkConf conf) {
    SparkChecks.requireNoCardsInLocalMode(conf);
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
      JavaSparkContext context,
      Optional<Integer> tasks,
      Tables tables,
      FinetuneListener listener,
      boolean own) {
    SparkChecks.require(context, listener);
    return new SparkCluster(context, new TaskCount(context, tasks), tables, own);
  }

  @Override
  public Crew open(Config settings, Trainable trainable, int rowsAtOnce) {
    return new SparkCrew(context, settings.toYaml(), trainable, rowsAtOnce, tasks);
  }

  @Override
  public Iterator<String> rows(String table) {
    return tables.rows(table);
  }

  @Override
  public void close() {
    if (own) {
      context.close();
    }
  }
}
