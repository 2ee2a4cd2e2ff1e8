package dev.reticent.evaluation.judge;

/**
 * Spaces requests out, for all threads together.
 *
 * <p>Requests start at least 60/rpm seconds apart, and 60·tokens/tpm seconds after one that took so
 * many tokens. "Too many requests" doubles the space between requests and holds all of them back
 * for as long as the server asks; every success takes a twentieth of the extra space away again.
 */
final class RateLimiter {
  private static final double NANOS_PER_MINUTE = 60e9;
  private static final double FIRST_STEP_NANOS = 50e6;
  private static final double LONGEST_NANOS = 60e9;

  private final Pause pause;
  private final double requestNanos;
  private final double tokenNanos;
  private double extraNanos;
  private long nextRequest;
  private double nextToken;
  private long heldUntil;

  /**
   * @param requestsPerMinute 0 for no limit
   * @param tokensPerMinute 0 for no limit
   */
  RateLimiter(double requestsPerMinute, double tokensPerMinute, Pause pause) {
    this.pause = pause;
    this.requestNanos = requestsPerMinute == 0 ? 0 : NANOS_PER_MINUTE / requestsPerMinute;
    this.tokenNanos = tokensPerMinute == 0 ? 0 : NANOS_PER_MINUTE / tokensPerMinute;
    this.nextRequest = pause.nanoTime();
    this.nextToken = nextRequest;
    this.heldUntil = nextRequest;
  }

  /** Waits for this request's turn. */
  void acquire(long likelyTokens) throws InterruptedException {
    long wait = turn(likelyTokens) - pause.nanoTime();
    while (wait > 0) {
      pause.sleep(wait);
      wait = held() - pause.nanoTime();
    }
  }

  private synchronized long held() {
    return heldUntil;
  }

  private synchronized long turn(long tokens) {
    long at = Math.max(Math.max(pause.nanoTime(), heldUntil), nextRequest);
    at = Math.max(at, (long) nextToken);
    nextRequest = at + (long) (requestNanos + extraNanos);
    nextToken = at + tokens * tokenNanos;
    return at;
  }

  /** Notes what a request took in truth. */
  synchronized void succeeded(long likelyTokens, long tokens) {
    nextToken += (tokens - likelyTokens) * tokenNanos;
    extraNanos = extraNanos < 1e6 ? 0 : extraNanos * 0.95;
  }

  /** Notes that the server was asked too often, and holds all requests back. */
  synchronized void busy(long holdNanos) {
    double space = requestNanos + extraNanos;
    double wanted = Math.min(LONGEST_NANOS, Math.max(FIRST_STEP_NANOS, 2 * space));
    extraNanos = Math.max(0, wanted - requestNanos);
    heldUntil = Math.max(heldUntil, pause.nanoTime() + holdNanos);
  }

  /** The space between requests now. */
  synchronized double spacingNanos() {
    return requestNanos + extraNanos;
  }
}
