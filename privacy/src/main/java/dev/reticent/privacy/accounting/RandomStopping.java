package dev.reticent.privacy.accounting;

import java.util.random.RandomGenerator;

/**
 * How many times a private run is repeated of which only the best is released, whatever setting it
 * was made with: a number drawn at random, before anything is seen, that stays secret (Papernot and
 * Steinke 2022, "Hyperparameter Tuning with Rényi Differential Privacy", arXiv 2110.03620).
 *
 * <p>Were the number fixed, the best of k runs could cost k times a run; a random one costs little
 * more than one run, since nobody can tell how many were tried.
 *
 * @param mean μ, the runs on average; at least 1
 */
public record RandomStopping(Rule rule, double mean) {

  /** What the number of runs is drawn from. */
  public enum Rule {
    /** Poisson: no run at all with a chance of e^(−μ), and then nothing is released. */
    POISSON,
    /** Geometric: at least one run; its ε is larger, and its number varies more. */
    GEOMETRIC
  }

  /**
   * @throws IllegalArgumentException unless the mean is at least 1 and finite
   */
  public RandomStopping {
    if (!(mean >= 1) || Double.isInfinite(mean)) {
      throw new IllegalArgumentException("the mean number of runs must be at least 1, got " + mean);
    }
  }

  /**
   * The Rényi divergences of the best of so many runs, from those of one.
   *
   * <p>Poisson (theorem 6): ε(λ) + μδ̂ + log(μ)/(λ − 1), where one run is (ε̂, δ̂)-private with
   * e^ε̂ = 1 + 1/(λ − 1). Geometric (theorem 2 with η = 1 and γ = 1/μ): ε(λ) + 2·min over λ̂ of ((1
   * − 1/λ̂) ε(λ̂) + log(μ)/λ̂) + log(μ)/(λ − 1).
   */
  RenyiCurve ofTheBest(RenyiCurve run) {
    double logMean = Math.log(mean);
    if (rule == Rule.POISSON) {
      return run.map(
          (order, divergence) -> {
            double delta = run.delta(Math.log1p(1 / (order - 1)));
            return divergence + mean * delta + logMean / (order - 1);
          });
    }
    double least = run.least((order, divergence) -> (1 - 1 / order) * divergence + logMean / order);
    return run.map((order, divergence) -> divergence + 2 * least + logMean / (order - 1));
  }

  /** Draws the number of runs. */
  public int draw(RandomGenerator random) {
    if (rule == Rule.GEOMETRIC) {
      int count = 1;
      while (random.nextDouble() * mean >= 1) {
        count++;
      }
      return count;
    }
    // As many exponential waiting times as fit into the mean.
    int count = 0;
    double time = -Math.log1p(-random.nextDouble());
    while (time < mean) {
      count++;
      time -= Math.log1p(-random.nextDouble());
    }
    return count;
  }
}
