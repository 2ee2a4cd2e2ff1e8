package dev.reticent.serving;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Decides who may come in before any work is done for them.
 *
 * <p>An answer needs a permit, and there is a fixed number of them. When all are taken, an eighth
 * more is there for clients that have none, so that nobody shuts out others by asking much. A
 * {@link Permit} gives back what it took exactly once, however often it is released. Thread-safe.
 */
final class AdmissionGate {
  /** What the server is doing. */
  enum State {
    LOADING,
    OPEN,
    DRAINING
  }

  private final int capacity;
  private final int drainSeconds;
  private final Map<String, Integer> taken = new HashMap<>(); // by client
  private int all;
  private volatile State state = State.LOADING;

  AdmissionGate(int capacity, int drainSeconds) {
    this.capacity = capacity;
    this.drainSeconds = drainSeconds;
  }

  void become(State next) {
    state = next;
  }

  State state() {
    return state;
  }

  synchronized int taken() {
    return all;
  }

  /** How many clients have permits. */
  synchronized int clients() {
    return taken.size();
  }

  /** Throws 503 unless the server is ready. */
  void checkOpen() {
    if (state == State.LOADING) {
      throw new ApiException(ApiError.unavailable("loading", "The model is being loaded.", 2));
    }
    if (state == State.DRAINING) {
      throw new ApiException(
          ApiError.unavailable(
              "shutting_down", "The server is shutting down.", Math.max(1, drainSeconds)));
    }
  }

  /**
   * Takes n permits for a client, or throws: 503 unless the server is ready, 429 when there are not
   * so many left, 400 when there never are.
   */
  synchronized Permit admit(String client, int n) {
    checkOpen();
    if (n > capacity) {
      throw new ApiException(
          ApiError.invalid(
              "n",
              "The request asks for %d answers, and this server gives at most %d at a time: ask for fewer."
                  .formatted(n, capacity)));
    }
    if (all + n > Clients.room(capacity, taken.containsKey(client))) {
      throw new ApiException(
          ApiError.overloaded(
              "The server has %d answers under way and takes no more now: try again later."
                  .formatted(all)));
    }
    all += n;
    taken.merge(client, n, Integer::sum);
    return new Permit(client, n);
  }

  /** Waits until all permits are back; false when the time is up. */
  synchronized boolean awaitNone(long millis) throws InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    while (all > 0) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  private synchronized void giveBack(String client, int n) {
    all -= n;
    taken.computeIfPresent(client, (who, had) -> had == n ? null : had - n);
    notifyAll();
  }

  /** A request's share of the gate. */
  final class Permit {
    private final String client;
    private final int n;
    private final AtomicBoolean released = new AtomicBoolean();

    private Permit(String client, int n) {
      this.client = client;
      this.n = n;
    }

    void release() {
      if (released.compareAndSet(false, true)) {
        giveBack(client, n);
      }
    }
  }
}
