package dev.reticent.training;

import dev.reticent.api.Internal;
import dev.reticent.engine.Engine;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Threads that run micro-batches side by side.
 *
 * <p>A small model keeps several cores busier with a micro-batch on each than with one spread over
 * all. Sums of a private step are in fixed point, so the number of workers changes no result.
 */
@Internal
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
    AtomicInteger made = new AtomicInteger();
    this.threads =
        Executors.newFixedThreadPool(count, task -> new Worker(task, made.getAndIncrement()));
  }

  private static final class Worker extends Thread {
    final int index;

    Worker(Runnable task, int index) {
      super(task, "reticent-worker-" + index);
      this.index = index;
      setDaemon(true);
    }
  }

  /** The number of the worker that runs the calling task, from 0; 0 on any other thread. */
  static int current() {
    return Thread.currentThread() instanceof Worker worker ? worker.index : 0;
  }

  /** As many workers as given, for each of which the engine may use so many threads. */
  public static Workers of(int count, int threads) {
    Engine.started().threads(Math.max(1, threads));
    return new Workers(count);
  }

  /** As many workers as given, the machine's cores shared out among them. */
  public static Workers sharingCores(int count) {
    Engine.started().threads(Math.max(1, Runtime.getRuntime().availableProcessors() / count));
    return new Workers(count);
  }

  /** How many micro-batches run at once. */
  public int count() {
    return count;
  }

  /**
   * Runs all tasks to their end, so that nothing of a step is under way when it returns or throws;
   * an interrupt is left for the caller to see afterwards.
   *
   * @return their results in the order of the tasks
   * @throws RuntimeException the first failure in that order
   */
  <T> List<T> run(List<Supplier<T>> tasks) {
    List<CompletableFuture<T>> started =
        tasks.stream().map(task -> CompletableFuture.supplyAsync(task, threads)).toList();
    try {
      CompletableFuture.allOf(started.toArray(CompletableFuture<?>[]::new)).join();
      return started.stream().map(CompletableFuture::join).toList();
    } catch (CompletionException e) {
      throw firstFailure(started, e);
    }
  }

  private static RuntimeException firstFailure(
      List<? extends CompletableFuture<?>> ended, CompletionException any) {
    for (CompletableFuture<?> task : ended) {
      try {
        task.join();
      } catch (CompletionException e) {
        return e.getCause() instanceof RuntimeException failure ? failure : e;
      }
    }
    return any;
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
