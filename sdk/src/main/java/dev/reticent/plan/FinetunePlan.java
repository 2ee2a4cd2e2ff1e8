package dev.reticent.plan;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.config.UserInputException;
import dev.reticent.privacy.SubsampledGaussian;
import dev.reticent.privacy.Truncation;
import dev.reticent.privacy.accounting.Adjacency;
import dev.reticent.settings.FinetuneConfig;
import dev.reticent.settings.PrivacySettings;
import java.util.Locale;
import java.util.Optional;

/**
 * What a run will do, known before the first step.
 *
 * @param units N, the privacy units that are trained on, as far as may be told: a function of how
 *     many the training data has
 * @param sizeIsPublic whether N may be told
 * @param adjacency which data sets ε is about
 * @param samplingRate q
 * @param steps T
 * @param noiseMultiplier σ; 0 without privacy
 * @param bands b: over how many steps the noise is correlated; 1 when it is independent
 * @param truncation the limit on batches; empty where there is none
 * @param delta δ
 * @param budget the ε that is not exceeded; infinite without a target
 * @param epsilon ε after all steps, an upper bound; infinite without privacy
 * @param expectedBatchSize what sums are divided by
 * @param trainable number of trained values
 * @param memory about what it takes at most
 */
public record FinetunePlan(
    boolean isPrivate,
    int units,
    boolean sizeIsPublic,
    Adjacency adjacency,
    double samplingRate,
    int steps,
    double noiseMultiplier,
    int bands,
    Optional<Truncation> truncation,
    double clipNorm,
    double delta,
    double budget,
    double epsilon,
    int expectedBatchSize,
    long trainable,
    MemoryEstimate memory) {

  public static FinetunePlan of(
      FinetuneConfig config, int units, long trainable, ModelConfig model) {
    MemoryEstimate memory = MemoryEstimate.of(config, model, trainable);
    int expected = config.batch().expected();
    int known = config.privacy().publicUnits().orElse(units);
    double q = config.samplingRate().orElse(Math.min(1, expected / (double) known));
    int steps = config.maxSteps().orElse((int) Math.max(1, Math.round(config.epochs() / q)));
    PrivacySettings privacy = config.privacy();
    double infinite = Double.POSITIVE_INFINITY;
    if (!privacy.enabled()) {
      return new FinetunePlan(
          false,
          units,
          config.sizeIsPublic(),
          privacy.adjacency(),
          q,
          steps,
          0,
          1,
          Optional.empty(),
          infinite,
          privacy.delta(),
          infinite,
          infinite,
          expected,
          trainable,
          memory);
    }
    double budget = privacy.targetEpsilon().orElse(infinite);
    int bands = privacy.noise().bands(q, steps);
    Optional<Truncation> truncation = privacy.truncation(q, units);
    SubsampledGaussian shape = new SubsampledGaussian(q, 1, steps, bands, truncation);
    double sigma = privacy.noiseMultiplier().orElseGet(() -> noise(privacy, budget, shape));
    double epsilon =
        new RunAccounting(privacy, new SubsampledGaussian(q, sigma, steps, bands, truncation))
            .planned();
    return new FinetunePlan(
        true,
        units,
        config.sizeIsPublic(),
        privacy.adjacency(),
        q,
        steps,
        sigma,
        bands,
        truncation,
        privacy.clipNorm(),
        privacy.delta(),
        budget,
        epsilon,
        expected,
        trainable,
        memory);
  }

  private static double noise(PrivacySettings privacy, double budget, SubsampledGaussian shape) {
    try {
      return RunAccounting.noise(privacy, budget, shape);
    } catch (IllegalArgumentException e) {
      throw new UserInputException("privacy.target_epsilon: " + e.getMessage() + ".", e);
    }
  }

  /** Of a private run: what sampler, noise and accountant share. */
  public SubsampledGaussian mechanism() {
    return new SubsampledGaussian(samplingRate, noiseMultiplier, steps, bands, truncation);
  }

  /** A few lines for a person. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "  %,d privacy units, %,d trained values, %d steps of %d rows on average%n",
            units,
            trainable,
            steps,
            expectedBatchSize));
    if (expectedBatchSize > units) {
      text.append(
          String.format(
              Locale.ROOT,
              "  Warning: batch_size %d is more than there are units: every unit is in every step,"
                  + " and sums are divided by %d.%n",
              expectedBatchSize,
              expectedBatchSize));
    }
    if (isPrivate) {
      text.append(
          String.format(
              Locale.ROOT,
              "  q = %.5f, σ = %.4f, C = %s, T = %d  →  ε ≤ %.4f at δ = %s%s%n",
              samplingRate,
              noiseMultiplier,
              clipNorm,
              steps,
              epsilon,
              delta,
              Double.isInfinite(budget) ? "" : " (budget " + budget + ")"));
      if (bands > 1) {
        text.append(
            String.format(
                Locale.ROOT,
                "  noise correlated over %d steps (BandMF): accounted as %d rounds at rate %.5f%n",
                bands,
                mechanism().accounted().steps(),
                mechanism().accounted().samplingRate()));
      }
      truncation.ifPresent(
          limit ->
              text.append(
                  String.format(
                      Locale.ROOT,
                      "  of a batch above %,d rows a random part of that size is kept%n",
                      limit.largestBatch())));
      text.append(advice().toText());
      if (expectedBatchSize > units) {
        text.append(
            String.format(
                Locale.ROOT,
                "  Warning: a step has %,d rows, all there are, and their sum is divided by %,d.%n",
                units,
                expectedBatchSize));
      }
      if (sizeIsPublic) {
        text.append(
            "  The number of units is told, so ε holds for replacing one, at about twice the cost;"
                + " privacy.public_units, about how many there are, keeps it private.\n");
      }
      if (delta * units > 1) {
        text.append("  Warning: δ is larger than one over the number of units.\n");
      }
    } else {
      text.append("  no privacy: this model can repeat its training data\n");
    }
    text.append("  ").append(memory.toText()).append('\n');
    return text.toString();
  }

  /** The batch and the steps of the least noise for as many rows seen. */
  public Advice.Schedule suggestion() {
    return Advice.schedule(this);
  }

  /** How much of a private run is noise, and what would help. */
  public Advice advice() {
    return Advice.of(this);
  }

  /** The plan as data. */
  public ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("private", isPrivate).put("units", units).put("steps", steps);
    node.put("expected_batch_size", expectedBatchSize).put("trainable", trainable);
    node.put("sampling_rate", samplingRate);
    node.set("memory_bytes", memory.toJson());
    if (isPrivate) {
      node.put("noise_multiplier", noiseMultiplier).put("clip_norm", clipNorm);
      node.put("bands", bands);
      truncation.ifPresent(limit -> node.put("largest_batch", limit.largestBatch()));
      node.put("delta", delta).put("epsilon", epsilon);
      Advice advice = advice();
      node.put("noise_to_signal_of_a_step", advice.ofAStep());
      node.put("noise_to_signal_of_the_run", advice.ofTheRun());
      if (!Double.isInfinite(budget)) {
        node.put("epsilon_budget", budget);
      }
    }
    return node;
  }
}
