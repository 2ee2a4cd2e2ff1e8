package dev.reticent.spark;

import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Into how many tasks a step is divided. It may change from step to step, and no result with it.
 */
final class TaskCount {

  private final JavaSparkContext context;
  private final Optional<Integer> given;

  TaskCount(JavaSparkContext context, Optional<Integer> given) {
    this.context = context;
    this.given = given;
  }

  /** As given; else one for each executor that is there now, or for each share of its cards. */
  int now() {
    return given.orElseGet(() -> Math.max(1, executors() * sharesOfCards(context.getConf())));
  }

  private int executors() {
    // The driver is in this list too, and in local mode alone.
    return Math.max(1, context.sc().statusTracker().getExecutorInfos().length - 1);
  }

  private static int sharesOfCards(SparkConf conf) {
    int cards = conf.getInt("spark.executor.resource.gpu.amount", 1);
    return cards / Math.max(1, (int) conf.getDouble("spark.task.resource.gpu.amount", 1));
  }
}
