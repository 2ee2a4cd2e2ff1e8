package dev.reticent.spark;

import dev.reticent.training.Crew;
import dev.reticent.training.Job;
import dev.reticent.training.Row;
import dev.reticent.training.Trainable;
import dev.reticent.training.Work;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Spark's executors as a crew.
 *
 * <p>Whole micro-batches go to executors, cut as on one machine, and sums come back on a grid, so
 * the bits are those of one machine for any number of tasks. Elements of RDDs are byte arrays:
 * whatever {@code spark.serializer} is, nothing changes. A task that Spark runs again, or twice at
 * once, counts once: one result of each is collected, and an accumulator takes each unit once.
 * Spark's own accumulators, which a task that is run again adds to twice, are not used.
 */
final class SparkCrew implements Crew {

  private final JavaSparkContext context;
  private final String settings;
  private final Trainable trainable;
  private final int rowsAtOnce;
  private final TaskCount tasks;
  private final String run = UUID.randomUUID().toString();
  private long version;
  private String what = "";

  /**
   * @param settings of the run, as YAML
   * @param tasks into how many a step is divided
   */
  SparkCrew(
      JavaSparkContext context,
      String settings,
      Trainable trainable,
      int rowsAtOnce,
      TaskCount tasks) {
    this.context = context;
    this.settings = settings;
    this.trainable = trainable;
    this.rowsAtOnce = rowsAtOnce;
    this.tasks = tasks;
  }

  @Override
  public void announce(String next) {
    what = next;
  }

  @Override
  public int rowsAtOnce() {
    return rowsAtOnce;
  }

  @Override
  public <R extends Serializable> List<Part<R>> run(Work<R> work, List<List<Row>> microBatches) {
    return microBatches.isEmpty()
        ? List.of()
        : JobName.of(context, what, () -> computed(work, microBatches));
  }

  private <R extends Serializable> List<Part<R>> computed(
      Work<R> work, List<List<Row>> microBatches) {
    List<byte[]> jobs = new ArrayList<>();
    Job.divide(work, microBatches, tasks.now()).forEach(job -> jobs.add(job.toBytes()));
    Broadcast<byte[]> values = context.broadcast(SentValues.toBytes(trainable.values()));
    try {
      ComputeJob compute = new ComputeJob(settings, run + "/" + version++, values);
      List<Part<R>> parts = new ArrayList<>();
      for (byte[] reply :
          done(context.parallelize(jobs, jobs.size()).map(compute).collectAsync())) {
        parts.addAll(Job.results(work, Reply.result(reply)));
      }
      return parts;
    } finally {
      values.unpersist(false);
    }
  }

  /** Waits for the end of a job, past an interrupt, which is left for the caller to see. */
  private static <T> T done(Future<T> job) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return job.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw new IllegalStateException(
              "Spark gave the work up; a step that was not released is not charged", e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The context is whoever's who made it. */
  @Override
  public void close() {}
}
