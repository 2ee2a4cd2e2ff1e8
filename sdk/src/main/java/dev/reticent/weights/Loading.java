package dev.reticent.weights;

import dev.reticent.engine.Tensor;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;

/**
 * Matrices that are loaded side by side: shards are read and weights quantized on several cores,
 * while others cross to the device. What was loaded and not asked for is freed when it closes.
 */
final class Loading implements AutoCloseable {

  /** A matrix on its way: data, scale and extra. */
  static final class Matrix extends FutureTask<List<Tensor>> {
    Matrix(Callable<List<Tensor>> load) {
      super(load);
    }
  }

  private final List<Matrix> waiting = new CopyOnWriteArrayList<>();
  private final List<Thread> threads;

  /**
   * @param atOnce how many, the caller's among them: with 1, each is loaded when it is asked for
   */
  Loading(List<Matrix> matrices, int atOnce) {
    waiting.addAll(matrices);
    threads =
        IntStream.range(1, atOnce)
            .mapToObj(i -> new Thread(() -> matrices.forEach(Matrix::run), "reticent-loading-" + i))
            .toList();
    threads.forEach(thread -> thread.setDaemon(true));
    threads.forEach(Thread::start);
  }

  /** A matrix that now belongs to the caller, loaded by this thread if by no other. */
  List<Tensor> take(Matrix matrix) {
    matrix.run(); // does nothing when it was begun
    List<Tensor> tensors = result(matrix);
    waiting.remove(matrix);
    return tensors;
  }

  /** What a task has made, or what it has thrown. */
  static <T> T result(FutureTask<T> task) {
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while weights were loaded", e);
    }
  }

  @Override
  public void close() {
    waiting.forEach(matrix -> matrix.cancel(false));
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    waiting.forEach(Loading::free);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void free(Matrix matrix) {
    if (!matrix.isCancelled()) {
      try {
        matrix.get().forEach(Tensor::close);
      } catch (ExecutionException | InterruptedException e) {
        // It was never there; whoever asked for it has been told.
      }
    }
  }
}
