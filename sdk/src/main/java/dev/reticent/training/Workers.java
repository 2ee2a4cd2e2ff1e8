package dev.reticent.training;

import dev.reticent.engine.Engine;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Threads that run micro-batches side by side.
 *
 * <p>A small model keeps several cores busier with a micro-batch on each than with one spread over
 * all. Sums of a private step are in fixed point, so the number of workers changes no result.
 */
public final class Workers implements AutoCloseable {

  private final int count;
  private final ExecutorService threads;

  /**
   * @param count threads, at least one
   */
  public Workers(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("workers must be at least 1, got " + count);
    }
    this.count = count;
    this.threads =
        Executors.newFixedThreadPool(
            count,
            task -> {
              Thread thread = new Thread(task, "reticent-worker");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** As many as given, the machine's cores shared out among them. */
  public static Workers sharingCores(int count) {
    Engine.started().threads(Math.max(1, Runtime.getRuntime().availableProcessors() / count));
    return new Workers(count);
  }

  /** How many micro-batches run at once. */
  public int count() {
    return count;
  }

  /**
   * Runs all tasks to their end, so that nothing of a step is under way when it returns or throws.
   *
   * @return their results in the order of the tasks
   * @throws RuntimeException the first failure in that order, with later ones suppressed in it
   */
  <T> List<T> run(List<Callable<T>> tasks) {
    List<Future<T>> futures = new ArrayList<>();
    tasks.forEach(task -> futures.add(threads.submit(task)));
    List<T> results = new ArrayList<>();
    RuntimeException failure = null;
    boolean interrupted = false;
    for (Future<T> future : futures) {
      while (true) {
        try {
          results.add(future.get());
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          RuntimeException found =
              e.getCause() instanceof RuntimeException runtime
                  ? runtime
                  : new IllegalStateException("a micro-batch failed", e.getCause());
          if (failure == null) {
            failure = found;
            futures.forEach(other -> other.cancel(false));
          } else if (failure != found) {
            failure.addSuppressed(found);
          }
          break;
        } catch (CancellationException e) {
          break;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw failure;
    }
    return results;
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
