package dev.reticent.serving;

import dev.reticent.sampling.FairQueue;
import dev.reticent.sampling.Origin;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * One thread for one kind of preparation. What waits for it is taken in turn over clients and
 * bounded by its size, beyond which an eighth more is for clients that have nothing there.
 */
final class Lane implements AutoCloseable {
  private final String name;
  private final long mostWaiting;
  private final AtomicLong waiting = new AtomicLong();
  private final LongAdder done = new LongAdder();
  private final LongAdder nanos = new LongAdder();
  private final FairQueue<Runnable> turns = new FairQueue<>();
  private final ThreadPoolExecutor thread;

  /**
   * @param mostWaiting characters of requests that may wait
   */
  Lane(String name, long mostWaiting) {
    this.name = name;
    this.mostWaiting = mostWaiting;
    this.thread =
        new ThreadPoolExecutor(
            1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> daemon(work));
  }

  private Thread daemon(Runnable work) {
    Thread made = new Thread(work, "reticent-" + name);
    made.setDaemon(true);
    return made;
  }

  String name() {
    return name;
  }

  /** How many pieces of work wait. */
  int depth() {
    return thread.getQueue().size();
  }

  /** How many pieces of work have been done. */
  long done() {
    return done.sum();
  }

  /** What they took together. */
  long nanos() {
    return nanos.sum();
  }

  /**
   * Does a piece of work when its turn comes.
   *
   * @param origin whose work it is
   * @param size characters of its request
   * @param failed hears on the lane of whatever the work threw, a full heap included, so that
   *     somebody answers and permits go back
   * @throws ApiException if too much waits already, or the server is closing
   */
  void add(Origin origin, long size, Runnable work, Consumer<Throwable> failed) {
    Runnable piece =
        () -> {
          waiting.addAndGet(-size);
          long start = System.nanoTime();
          try {
            work.run();
          } catch (RuntimeException | Error e) {
            tell(failed, e);
          } finally {
            nanos.add(System.nanoTime() - start);
            done.increment();
          }
        };
    synchronized (turns) {
      if (waiting.get() + size > Clients.room(mostWaiting, turns.has(origin.client()))) {
        throw new ApiException(
            ApiError.overloaded("Too many long requests wait to be prepared: try again later."));
      }
      waiting.addAndGet(size);
      turns.add(origin, piece);
    }
    try {
      thread.execute(this::next);
    } catch (RejectedExecutionException e) {
      throw new ApiException(
          ApiError.unavailable("shutting_down", "The server is shutting down.", 1));
    }
  }

  /** Does the piece whose turn it is; there is one for each time that this is asked for. */
  private void next() {
    Runnable piece;
    synchronized (turns) {
      piece = turns.take().orElseThrow();
    }
    piece.run();
  }

  private static void tell(Consumer<Throwable> failed, Throwable failure) {
    try {
      failed.accept(failure);
    } catch (RejectedExecutionException e) {
      // The event loop has ended, and with it all who could hear.
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
