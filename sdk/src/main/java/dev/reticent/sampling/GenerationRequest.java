package dev.reticent.sampling;

import dev.reticent.api.Internal;
import dev.reticent.model.AdapterId;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;

/**
 * One prompt to be continued.
 *
 * <p>All draws of a request come from a {@link java.util.SplittableRandom} (SplitMix64) of its own,
 * whose state is derived from {@code seed} and {@code index} alone; so the draws depend neither on
 * other requests nor on when they run.
 *
 * @param promptIds the tokens to continue, special tokens included; at least one
 * @param seed governs the draws; a request made without one has a fresh one, which its {@link
 *     Generation} reports
 * @param index tells requests with the same seed apart: the n answers to one prompt, or the rows of
 *     a file
 * @param topLogprobs how many of the likeliest tokens to report beside each chosen one, 0 to 20
 * @param scoring whether to report the log-probability of each token of the prompt too. Such a
 *     prompt is computed as answers are, several tokens a step
 * @param adapter which adapter answers
 * @param constraints the answer keeps to all of them; mostly none or one
 * @param timeLimit how long the answer may take from its submission on, waiting included
 */
@Internal
@SuppressWarnings("ArrayRecordComponent") // copied in and out; requests are not compared
public record GenerationRequest(
    int[] promptIds,
    SamplingParameters parameters,
    StopConditions stops,
    long seed,
    int index,
    int topLogprobs,
    boolean scoring,
    AdapterId adapter,
    List<TokenConstraint.Factory> constraints,
    Duration timeLimit) {

  /** The most likeliest tokens that can be asked for, which is OpenAI's limit. */
  public static final int MOST_TOP_LOGPROBS = 20;

  /** A time limit that is never reached: 292 years. */
  public static final Duration UNLIMITED = Duration.ofNanos(Long.MAX_VALUE);

  private static final SecureRandom FRESH = new SecureRandom();

  public GenerationRequest {
    promptIds = promptIds.clone();
    constraints = List.copyOf(constraints);
    if (promptIds.length == 0) {
      throw new IllegalArgumentException(
          "The prompt has no tokens: give at least one, such as the model's first token.");
    }
    if (topLogprobs < 0 || topLogprobs > MOST_TOP_LOGPROBS) {
      throw new IllegalArgumentException(
          "top_logprobs is " + topLogprobs + ": give a number from 0 to 20.");
    }
    if (timeLimit.isNegative() || timeLimit.compareTo(UNLIMITED) > 0) {
      throw new IllegalArgumentException(
          "The time limit is " + timeLimit + ": give one from 0 to 292 years.");
    }
  }

  /** A request to the base model with a fresh seed and no limit of time. */
  public static GenerationRequest of(
      int[] promptIds, SamplingParameters parameters, StopConditions stops) {
    return new GenerationRequest(
        promptIds,
        parameters,
        stops,
        FRESH.nextLong(),
        0,
        0,
        false,
        AdapterId.NONE,
        List.of(),
        UNLIMITED);
  }

  /** This request with draws that can be repeated. */
  public GenerationRequest withSeed(long value, int position) {
    return new GenerationRequest(
        promptIds,
        parameters,
        stops,
        value,
        position,
        topLogprobs,
        scoring,
        adapter,
        constraints,
        timeLimit);
  }

  /** This request, reporting so many of the likeliest tokens. */
  public GenerationRequest withTopLogprobs(int count) {
    return new GenerationRequest(
        promptIds, parameters, stops, seed, index, count, scoring, adapter, constraints, timeLimit);
  }

  /** This request, scoring its prompt or not. */
  public GenerationRequest withScoring(boolean value) {
    return new GenerationRequest(
        promptIds,
        parameters,
        stops,
        seed,
        index,
        topLogprobs,
        value,
        adapter,
        constraints,
        timeLimit);
  }

  /** This request to an adapter. */
  public GenerationRequest withAdapter(AdapterId id) {
    return new GenerationRequest(
        promptIds,
        parameters,
        stops,
        seed,
        index,
        topLogprobs,
        scoring,
        id,
        constraints,
        timeLimit);
  }

  /** This request with an answer that keeps to these constraints, and to no others. */
  public GenerationRequest withConstraints(List<TokenConstraint.Factory> value) {
    return new GenerationRequest(
        promptIds, parameters, stops, seed, index, topLogprobs, scoring, adapter, value, timeLimit);
  }

  /** This request with a limit of time. */
  public GenerationRequest withTimeLimit(Duration value) {
    return new GenerationRequest(
        promptIds,
        parameters,
        stops,
        seed,
        index,
        topLogprobs,
        scoring,
        adapter,
        constraints,
        value);
  }

  @Override
  public int[] promptIds() {
    return promptIds.clone();
  }
}
