package dev.reticent.evaluation.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RateLimiterTest {
  /** A clock that moves only when somebody sleeps. */
  private static final class FakePause implements Pause {
    private long now = 5_000;

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public void sleep(long nanos) {
      now += nanos;
    }
  }

  private final FakePause pause = new FakePause();

  private double seconds(RateLimiter limiter, int requests, long tokens)
      throws InterruptedException {
    long start = pause.nanoTime();
    for (int i = 0; i < requests; i++) {
      limiter.acquire(tokens);
    }
    return (pause.nanoTime() - start) / 1e9;
  }

  @Test
  void requestsAreSpacedByTheSlowerOfBothLimits() throws InterruptedException {
    assertThat(seconds(new RateLimiter(120, 0, pause), 11, 1)).isCloseTo(5, within(1e-6));
    assertThat(seconds(new RateLimiter(0, 6000, pause), 11, 100)).isCloseTo(10, within(1e-6));
    assertThat(seconds(new RateLimiter(120, 6000, pause), 11, 100)).isCloseTo(10, within(1e-6));
    assertThat(seconds(new RateLimiter(0, 0, pause), 11, 100)).isZero();
  }

  @Test
  void tokensThatWereNotTakenAreGivenBack() throws InterruptedException {
    RateLimiter limiter = new RateLimiter(0, 6000, pause);
    limiter.acquire(1000);
    limiter.succeeded(1000, 100);
    assertThat(seconds(limiter, 1, 100)).isCloseTo(1, within(1e-6));
  }

  @Test
  void tooManyRequestsHoldAllBackAndHalveTheRateUntilItGoesWellAgain() throws InterruptedException {
    RateLimiter limiter = new RateLimiter(120, 0, pause);
    limiter.acquire(1);
    limiter.busy(7_000_000_000L);
    assertThat(seconds(limiter, 1, 1)).isCloseTo(7, within(1e-6));
    assertThat(limiter.spacingNanos()).isEqualTo(1e9);
    limiter.busy(0);
    assertThat(limiter.spacingNanos()).isEqualTo(2e9);
    for (int i = 0; i < 200; i++) {
      limiter.succeeded(1, 1);
    }
    assertThat(limiter.spacingNanos()).isCloseTo(0.5e9, within(2e6));
  }

  @Test
  void aLimiterWithoutLimitsSlowsDownToo() {
    RateLimiter limiter = new RateLimiter(0, 0, pause);
    limiter.busy(0);
    limiter.busy(0);
    assertThat(limiter.spacingNanos()).isEqualTo(100e6);
    for (int i = 0; i < 40; i++) {
      limiter.busy(0);
    }
    assertThat(limiter.spacingNanos()).isEqualTo(60e9);
  }
}
