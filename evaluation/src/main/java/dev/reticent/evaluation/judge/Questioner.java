package dev.reticent.evaluation.judge;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Gets one verdict: from the cache, or from the endpoint with as many attempts as it takes and are
 * allowed. Shared by all threads of a judge.
 */
final class Questioner {
  private static final long FIRST_WAIT_NANOS = 500_000_000L;
  private static final long LONGEST_WAIT_NANOS = 60_000_000_000L;
  private static final long LONGEST_RETRY_AFTER_MILLIS = 120_000;

  private final JudgeSettings settings;
  private final Endpoint endpoint;
  private final VerdictCache cache;
  private final CostCap budget;
  private final RateLimiter limiter;
  private final Pause pause;
  private volatile String stopReason = "";
  private final AtomicBoolean schema = new AtomicBoolean(true);
  private final AtomicBoolean anyVerdict = new AtomicBoolean();

  Questioner(
      JudgeSettings settings, Endpoint endpoint, VerdictCache cache, CostCap budget, Pause pause) {
    this.settings = settings;
    this.endpoint = endpoint;
    this.cache = cache;
    this.budget = budget;
    this.pause = pause;
    this.limiter = new RateLimiter(settings.requestsPerMinute(), settings.tokensPerMinute(), pause);
    this.schema.set(settings.jsonSchema());
  }

  /** Why the judge is no longer asked. */
  Optional<String> stopped() {
    return stopReason.isEmpty() ? Optional.empty() : Optional.of(stopReason);
  }

  /** Whether the endpoint did not take a JSON schema that was to be demanded. */
  boolean schemaRefused() {
    return settings.jsonSchema() && !schema.get();
  }

  Verdict ask(JudgePrompt prompt, int repeat) throws InterruptedException {
    Optional<Reply> kept = cache.find(prompt, repeat);
    if (kept.isPresent()) {
      Verdict verdict = Verdicts.read(kept.get(), prompt.shape()).from(kept.get(), true);
      if (verdict.outcome() == Outcome.SCORED) {
        budget.cached();
        return verdict;
      }
    }
    String last = "";
    for (int attempt = 1; attempt <= settings.maxAttempts(); attempt++) {
      if (!stopReason.isEmpty()) {
        return Verdict.none(Outcome.SKIPPED, "the judge was stopped: " + stopReason);
      }
      double most = budget.price(prompt.mostTokens(), settings.maxTokens());
      long likely = prompt.likelyTokens() + settings.maxTokens() / 4;
      limiter.acquire(likely);
      if (!budget.reserve(most)) {
        return Verdict.none(Outcome.SKIPPED, "the next request could pass judge.max_cost");
      }
      try {
        Reply reply = asked(prompt);
        budget.charge(most, reply);
        limiter.succeeded(likely, Math.max(0, reply.promptTokens() + reply.completionTokens()));
        return read(prompt, repeat, reply);
      } catch (EndpointFailure failure) {
        last = failure.getMessage() == null ? "" : failure.getMessage();
        if (failure.kind() == EndpointFailure.Kind.LOST) {
          budget.lost(most);
        } else {
          budget.free(most);
        }
        Optional<Verdict> end = endOf(failure, last);
        if (end.isPresent()) {
          return end.get();
        }
        if (attempt < settings.maxAttempts()) {
          waitAfter(failure, attempt);
        }
      }
    }
    return Verdict.none(
        Outcome.HTTP_FAILED, "no reply in " + settings.maxAttempts() + " attempts: " + last);
  }

  /** What a client's library throws besides is a reply that was lost. */
  private Reply asked(JudgePrompt prompt) throws EndpointFailure {
    try {
      return endpoint.ask(prompt, schema.get());
    } catch (RuntimeException e) {
      throw new EndpointFailure(
          EndpointFailure.Kind.LOST, "the reply cannot be read: " + e, OptionalLong.empty());
    }
  }

  private Verdict read(JudgePrompt prompt, int repeat, Reply reply) {
    Verdict verdict = Verdicts.read(reply, prompt.shape()).from(reply, false);
    if (verdict.outcome() == Outcome.SCORED) {
      anyVerdict.set(true);
      cache.keep(prompt, repeat, reply);
    }
    return verdict;
  }

  /** The verdict when asking again is no use. */
  private Optional<Verdict> endOf(EndpointFailure failure, String message) {
    return switch (failure.kind()) {
      case REFUSED -> Optional.of(Verdict.none(Outcome.REFUSED, message));
      case NO_SCHEMA -> {
        schema.set(false);
        yield Optional.empty();
      }
      case STOP, REJECTED -> {
        // A request that is wrong before any was right: it is the settings.
        if (failure.kind() == EndpointFailure.Kind.STOP || !anyVerdict.get()) {
          stop(message);
        }
        yield Optional.of(Verdict.none(Outcome.HTTP_FAILED, message));
      }
      case BUSY, BROKEN, LOST -> {
        long after = failure.retryAfterMillis().orElse(0);
        String tooLong = "%s (asked to wait %d s)".formatted(message, after / 1000);
        yield after > LONGEST_RETRY_AFTER_MILLIS
            ? Optional.of(Verdict.none(Outcome.HTTP_FAILED, tooLong))
            : Optional.empty();
      }
    };
  }

  private synchronized void stop(String message) {
    if (stopReason.isEmpty()) {
      stopReason = message.isEmpty() ? "no reason given" : message;
    }
  }

  private void waitAfter(EndpointFailure failure, int attempt) throws InterruptedException {
    if (failure.kind() == EndpointFailure.Kind.NO_SCHEMA) {
      return;
    }
    long ceiling = Math.min(LONGEST_WAIT_NANOS, FIRST_WAIT_NANOS << Math.min(attempt - 1, 20));
    long backOff = ThreadLocalRandom.current().nextLong(ceiling / 2, ceiling + 1);
    if (failure.retryAfterMillis().isPresent()) {
      // The server knows best; the jitter keeps threads from coming back together.
      long asked = failure.retryAfterMillis().getAsLong() * 1_000_000;
      backOff = asked + ThreadLocalRandom.current().nextLong(FIRST_WAIT_NANOS / 10);
      if (failure.kind() == EndpointFailure.Kind.BUSY) {
        limiter.busy(asked);
      }
    } else if (failure.kind() == EndpointFailure.Kind.BUSY) {
      limiter.busy(0);
    }
    pause.sleep(backOff);
  }
}
