package dev.reticent.sampling;

import java.security.SecureRandom;

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
 */
@SuppressWarnings("ArrayRecordComponent") // copied in and out; requests are not compared
public record GenerationRequest(
    int[] promptIds,
    SamplingParameters parameters,
    StopConditions stops,
    long seed,
    int index,
    int topLogprobs) {

  /** The most likeliest tokens that can be asked for, which is OpenAI's limit. */
  public static final int MOST_TOP_LOGPROBS = 20;

  private static final SecureRandom FRESH = new SecureRandom();

  public GenerationRequest {
    promptIds = promptIds.clone();
    if (promptIds.length == 0) {
      throw new IllegalArgumentException(
          "The prompt has no tokens: give at least one, such as the model's first token.");
    }
    if (topLogprobs < 0 || topLogprobs > MOST_TOP_LOGPROBS) {
      throw new IllegalArgumentException(
          "top_logprobs is " + topLogprobs + ": give a number from 0 to 20.");
    }
  }

  /** A request with a fresh seed. */
  public static GenerationRequest of(
      int[] promptIds, SamplingParameters parameters, StopConditions stops) {
    return new GenerationRequest(promptIds, parameters, stops, FRESH.nextLong(), 0, 0);
  }

  /** The same request with draws that can be repeated. */
  public GenerationRequest withSeed(long value, int position) {
    return new GenerationRequest(promptIds, parameters, stops, value, position, topLogprobs);
  }

  public GenerationRequest withTopLogprobs(int count) {
    return new GenerationRequest(promptIds, parameters, stops, seed, index, count);
  }

  @Override
  public int[] promptIds() {
    return promptIds.clone();
  }
}
