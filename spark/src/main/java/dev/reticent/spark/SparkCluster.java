package dev.reticent.spark;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.data.Tables;
import dev.reticent.run.Cluster;
import dev.reticent.run.RowAnswer;
import dev.reticent.training.Crew;
import dev.reticent.training.Trainable;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
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

  /** The one of a session that is there, which is left as it is. */
  static SparkCluster of(
      JavaSparkContext context, Optional<Integer> tasks, Tables tables, Consumer<String> notices) {
    return checked(context, tasks, tables, notices, false);
  }

  /** One of its own, stopped at the end. */
  static SparkCluster start(SparkConf conf, Optional<Integer> tasks, Consumer<String> notices) {
    return checked(
        started(ExecutorSettings.complete(conf)), tasks, SparkTables.ofCatalog(), notices, true);
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
      Consumer<String> notices,
      boolean own) {
    SparkChecks.require(context, notices);
    return new SparkCluster(context, new TaskCount(context, tasks), tables, own);
  }

  @Override
  public Crew open(Config settings, Trainable trainable, int rowsAtOnce) {
    return new SparkCrew(context, settings.toYaml(), trainable, rowsAtOnce, tasks);
  }

  @Override
  public float[] initial(Config settings) {
    List<byte[]> task = List.of(settings.toYaml().getBytes(StandardCharsets.UTF_8));
    return JobName.of(
        context,
        "values to start from",
        () ->
            InitialValues.read(
                context.parallelize(task, 1).map(new InitialValues()).collect().get(0)));
  }

  @Override
  public List<RowAnswer> answers(Config sampling, List<String> rows, IntConsumer answered) {
    return SparkSampling.answers(context, sampling, rows, tasks.now(), answered);
  }

  @Override
  public double[] losses(Config sampling, List<String> questions, List<String> answers) {
    return AnswerLosses.of(context, sampling, questions, answers, tasks.now());
  }

  @Override
  public Iterator<String> rows(String table) {
    return tables.rows(table);
  }

  @Override
  public Optional<String> version(String table) {
    return tables.version(table);
  }

  @Override
  public void requireFree(String table) {
    tables.requireFree(table);
  }

  @Override
  public void create(String table, String columns, List<String> rows) {
    tables.create(table, columns, rows);
  }

  @Override
  public void close() {
    if (own) {
      context.close();
    }
  }
}
