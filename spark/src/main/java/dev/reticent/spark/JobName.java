package dev.reticent.spark;

import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;

/** What Spark's pages call jobs: by what they are for, not by the line of code that starts them. */
final class JobName {

  /** Spark's own names of what belongs to the jobs of a thread. */
  private static final String DESCRIPTION = "spark.job.description";

  private static final String STAGE = "callSite.short";

  private JobName() {}

  /** Does work whose jobs have a name; those of the caller have their own again afterwards. */
  static <T> T of(JavaSparkContext context, String name, Supplier<T> work) {
    String description = context.getLocalProperty(DESCRIPTION);
    String stage = context.getLocalProperty(STAGE);
    context.setLocalProperty(DESCRIPTION, name);
    context.setLocalProperty(STAGE, "reticent");
    try {
      return work.get();
    } finally {
      context.setLocalProperty(DESCRIPTION, description);
      context.setLocalProperty(STAGE, stage);
    }
  }
}
