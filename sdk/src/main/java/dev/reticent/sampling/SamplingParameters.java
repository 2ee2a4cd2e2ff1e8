package dev.reticent.sampling;

import java.util.Map;

/**
 * How the next token is chosen from logits z of V tokens.
 *
 * <p>Applied in this order, which is vLLM's:
 *
 * <ol>
 *   <li>{@code logitBias} is added; −100 excludes the token.
 *   <li>{@code repetitionPenalty} r, for every token of the prompt or the answer so far: z/r where
 *       z &gt; 0, else z·r. Then z − {@code frequencyPenalty}·count − {@code
 *       presencePenalty}·[count &gt; 0], where count is how often the answer so far holds the
 *       token.
 *   <li>{@code temperature} T: z/T. T = 0 is greedy: the largest z, the lowest id among equals, and
 *       the steps below are skipped.
 *   <li>{@code minP} m keeps tokens at least m times as likely as the likeliest.
 *   <li>{@code topK} k keeps the k likeliest, and those equal to the last of them; 0 is off.
 *   <li>{@code topP} p keeps the smallest set of the likeliest whose probability reaches p; among
 *       equals the lowest ids; 1 is off.
 *   <li>A draw from what is left.
 * </ol>
 *
 * <p>The constructor names a value that is out of range.
 */
public record SamplingParameters(
    double temperature,
    int topK,
    double topP,
    double minP,
    double repetitionPenalty,
    double frequencyPenalty,
    double presencePenalty,
    Map<Integer, Float> logitBias) {

  /** The bias that excludes a token; the range is from here to its negative. */
  static final float EXCLUDED = -100f;

  public SamplingParameters {
    check(temperature >= 0 && temperature <= 100, "temperature", temperature, "from 0 to 100");
    check(topK >= 0, "top_k", topK, "0 (off) or more");
    check(topP > 0 && topP <= 1, "top_p", topP, "above 0, at most 1 (off)");
    check(minP >= 0 && minP <= 1, "min_p", minP, "from 0 (off) to 1");
    check(
        repetitionPenalty > 0 && repetitionPenalty <= 100,
        "repetition_penalty",
        repetitionPenalty,
        "above 0, at most 100; 1 is off");
    check(Math.abs(frequencyPenalty) <= 2, "frequency_penalty", frequencyPenalty, "from -2 to 2");
    check(Math.abs(presencePenalty) <= 2, "presence_penalty", presencePenalty, "from -2 to 2");
    logitBias = Map.copyOf(logitBias);
    logitBias.forEach(
        (id, bias) -> {
          check(id >= 0, "token id of logit_bias", id, "0 or more");
          check(Math.abs(bias) <= -EXCLUDED, "logit_bias of token " + id, bias, "from -100 to 100");
        });
  }

  /** Always the likeliest token. */
  public static SamplingParameters greedy() {
    return new SamplingParameters(0, 0, 1, 0, 1, 0, 0, Map.of());
  }

  /** A draw from the model's own distribution: temperature 1, all else off. */
  public static SamplingParameters sampled() {
    return greedy().withTemperature(1);
  }

  public SamplingParameters withTemperature(double value) {
    return new SamplingParameters(
        value, topK, topP, minP, repetitionPenalty, frequencyPenalty, presencePenalty, logitBias);
  }

  public SamplingParameters withTopK(int value) {
    return new SamplingParameters(
        temperature,
        value,
        topP,
        minP,
        repetitionPenalty,
        frequencyPenalty,
        presencePenalty,
        logitBias);
  }

  public SamplingParameters withTopP(double value) {
    return new SamplingParameters(
        temperature,
        topK,
        value,
        minP,
        repetitionPenalty,
        frequencyPenalty,
        presencePenalty,
        logitBias);
  }

  public SamplingParameters withMinP(double value) {
    return new SamplingParameters(
        temperature,
        topK,
        topP,
        value,
        repetitionPenalty,
        frequencyPenalty,
        presencePenalty,
        logitBias);
  }

  /** Sets the three penalties; 1, 0 and 0 are off. */
  public SamplingParameters withPenalties(double repetition, double frequency, double presence) {
    return new SamplingParameters(
        temperature, topK, topP, minP, repetition, frequency, presence, logitBias);
  }

  public SamplingParameters withLogitBias(Map<Integer, Float> value) {
    return new SamplingParameters(
        temperature, topK, topP, minP, repetitionPenalty, frequencyPenalty, presencePenalty, value);
  }

  private static void check(boolean good, String name, Number got, String range) {
    if (!good) {
      throw new IllegalArgumentException(name + " is " + got + ": give a number " + range + ".");
    }
  }
}
