package dev.reticent.privacy.accounting;

import java.util.HashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/**
 * What a budget allows: the noise, the steps or the sampling rate at which the accountant's upper
 * bound on ε meets a target. Every answer is rounded to the safe side, so it never exceeds the
 * budget.
 *
 * <pre>{@code
 * Calibration pld = new Calibration(new PldAccountant(Neighbors.ADD_OR_REMOVE_ROW), 1e-5);
 * double sigma = pld.noiseMultiplier(3, new Sampling.Poisson(0.01), 1000);
 * }</pre>
 *
 * @param delta δ in (0, 1)
 */
public record Calibration(Accountant accountant, double delta) {
  private static final double LEAST_NOISE = 0.01;
  private static final double MOST_NOISE = 100_000;
  private static final double LEAST_RATE = 1e-9;
  private static final double RELATIVE = 1e-6;
  private static final int MOST_STEPS = 100_000_000;

  /**
   * The smallest σ that keeps ε, to 1e-5.
   *
   * @throws IllegalArgumentException when even a σ of 100000 does not
   */
  public double noiseMultiplier(double epsilon, Subsampling sampling, int steps) {
    DoubleUnaryOperator excess =
        onceEach(sigma -> excess(new PrivacyEvent(sampling, sigma, steps), check(epsilon)));
    double good = 1;
    while (excess.applyAsDouble(good) > 0) {
      good *= 2;
      if (good > MOST_NOISE) {
        throw new IllegalArgumentException(
            "no noise multiplier up to %s reaches ε = %s at δ = %s with %s and %d steps; allow a larger ε or take fewer steps"
                .formatted(MOST_NOISE, epsilon, delta, sampling, steps));
      }
    }
    double bad = good / 2;
    while (excess.applyAsDouble(bad) <= 0) {
      good = bad;
      if (bad < LEAST_NOISE) {
        return good;
      }
      bad /= 2;
    }
    return boundary(excess, good, bad, 1e-5);
  }

  /** The most steps that keep ε; 0 when not even one does, and at most 100 million. */
  public int steps(double epsilon, Subsampling sampling, double noiseMultiplier) {
    PrivacyEvent event = new PrivacyEvent(sampling, noiseMultiplier, 1);
    check(epsilon);
    if (excess(event, epsilon) > 0) {
      return 0;
    }
    int good = 1;
    int bad = 2;
    while (excess(event.withSteps(bad), epsilon) <= 0) {
      good = bad;
      bad *= 2;
      if (good >= MOST_STEPS / 2) {
        return good;
      }
    }
    while (bad - good > 1) {
      int middle = good + (bad - good) / 2;
      if (excess(event.withSteps(middle), epsilon) <= 0) {
        good = middle;
      } else {
        bad = middle;
      }
    }
    return good;
  }

  /**
   * The largest q of Poisson sampling that keeps ε, to a relative 1e-6.
   *
   * @throws IllegalArgumentException when not even a q of 1e-9 does
   */
  public double samplingRate(double epsilon, double noiseMultiplier, int steps) {
    DoubleUnaryOperator excess =
        onceEach(q -> excess(PrivacyEvent.poisson(q, noiseMultiplier, steps), check(epsilon)));
    if (excess.applyAsDouble(1) <= 0) {
      return 1;
    }
    double bad = 1;
    double good = 0.1;
    while (excess.applyAsDouble(good) > 0) {
      bad = good;
      good /= 10;
      if (good < LEAST_RATE) {
        throw new IllegalArgumentException(
            "no sampling rate down to %s reaches ε = %s at δ = %s with noise multiplier %s and %d steps; allow a larger ε or add noise"
                .formatted(LEAST_RATE, epsilon, delta, noiseMultiplier, steps));
      }
    }
    return boundary(excess, good, bad, RELATIVE * good);
  }

  private static double check(double epsilon) {
    if (!(epsilon > 0) || Double.isInfinite(epsilon)) {
      throw new IllegalArgumentException("ε must be positive and finite, got " + epsilon);
    }
    return epsilon;
  }

  /** log of ε over the target: positive where the budget is exceeded. */
  private double excess(PrivacyEvent event, double target) {
    return Math.log(Math.max(accountant.epsilon(event, delta), 1e-12) / target);
  }

  /** Remembers what is dear to compute: the ends of a search are asked for twice. */
  private static DoubleUnaryOperator onceEach(DoubleUnaryOperator function) {
    Map<Double, Double> known = new HashMap<>();
    return x -> known.computeIfAbsent(x, function::applyAsDouble);
  }

  /**
   * A point that is good and within the tolerance of one that is bad. log ε is nearly straight in
   * the logarithm of what is sought, so the chord's root is close; Illinois' rule halves the value
   * at an end that stays, so that both ends move.
   */
  private static double boundary(
      DoubleUnaryOperator excess, double goodEnd, double badEnd, double tolerance) {
    double good = goodEnd;
    double bad = badEnd;
    double atGood = excess.applyAsDouble(good);
    double atBad = excess.applyAsDouble(bad);
    int kept = 0;
    while (Math.abs(bad - good) > tolerance) {
      double chord = Math.exp(Math.log(bad) + Math.log(good / bad) * atBad / (atBad - atGood));
      double margin = Math.copySign(0.4 * tolerance, bad - good);
      double nearGood = good + margin;
      double nearBad = bad - margin;
      double middle =
          Math.min(Math.max(chord, Math.min(nearGood, nearBad)), Math.max(nearGood, nearBad));
      double at = excess.applyAsDouble(middle);
      if (at > 0) {
        bad = middle;
        atBad = at;
        atGood = kept == 1 ? atGood / 2 : atGood;
        kept = 1;
      } else {
        good = middle;
        atGood = at;
        atBad = kept == -1 ? atBad / 2 : atBad;
        kept = -1;
      }
    }
    return good;
  }
}
