package dev.reticent.evaluation.recipe;

import dev.reticent.settings.SectionBuilder;

/**
 * How models answer when they are asked here, in code; {@link EvaluateConfig.Decoding} is what
 * comes of it.
 */
public final class AnswersBuilder extends SectionBuilder<AnswersBuilder> {

  AnswersBuilder(SectionBuilder<?> config) {
    super(config, "sampling.");
  }

  /** {@code sampling.temperature}: 0 takes the likeliest token each time. */
  public AnswersBuilder temperature(double temperature) {
    return set("temperature", temperature);
  }

  /** {@code sampling.max_new_tokens}: the longest answer. */
  public AnswersBuilder maxNewTokens(int tokens) {
    return set("max_new_tokens", tokens);
  }

  /** {@code sampling.batch_size}: questions answered together. */
  public AnswersBuilder batch(int questions) {
    return set("batch_size", questions);
  }

  /** {@code sampling.seed}: of the sampling. */
  public AnswersBuilder seed(long seed) {
    return set("seed", seed);
  }
}
