package dev.reticent.audit;

import dev.reticent.data.TokenizedExample;
import dev.reticent.privacy.BandedMatrix;
import dev.reticent.privacy.PrivateCurve;
import dev.reticent.privacy.SubsampledGaussian;
import dev.reticent.privacy.Truncation;
import dev.reticent.settings.FinetuneConfig;
import dev.reticent.training.GradientSource;
import dev.reticent.training.TrainableAdapter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Single steps on neighboring data sets under one test key, and how far apart they end. */
final class NeighborSteps {

  /** A noise multiplier so small that a released mean shows the sum. */
  private static final double NO_NOISE = 0x1p-30;

  private static final double NOISE = 1;

  /** Of C: rounding of released means, far below what bf16 products of other shapes differ by. */
  private static final double OTHERS = 1e-4;

  private static final int STEPS = 10_000;

  /** How much further two runs may end apart than two others of the same step did. */
  private static final double ROUNDING = 4;

  private final FinetuneConfig config;
  private final List<List<TokenizedExample>> units;
  private final Steps steps;

  /**
   * @param units D
   */
  NeighborSteps(FinetuneConfig config, List<List<TokenizedExample>> units, Steps steps) {
    this.config = config;
    this.units = units;
    this.steps = steps;
  }

  /**
   * One step.
   *
   * @param step its number, which with the key decides all randomness
   */
  record Setting(
      List<List<TokenizedExample>> units, SubsampledGaussian plan, int step, TrainableAdapter at) {}

  /** Makes a step; a test puts broken ones in place of {@link RealSteps}. */
  interface Steps {
    Outcome take(Setting setting) throws IOException;
  }

  /**
   * @param threshold at which gradients were clipped
   * @param charged lines of the ledger
   */
  record Outcome(GradientSource.Step step, double threshold, int charged) {}

  /** ‖difference of sums‖ / C in a step where x is drawn. */
  SelfTestReport.Check drawn(String name, List<TokenizedExample> x, TrainableAdapter at)
      throws IOException {
    return compare(name, x, at, true);
  }

  /**
   * Compares where x is not drawn: nothing may differ, or on a device that rounds differently from
   * call to call no more than when D itself is run again.
   */
  SelfTestReport.Check notDrawn(String name, List<TokenizedExample> x, TrainableAdapter at)
      throws IOException {
    return compare(name, x, at, false);
  }

  /**
   * How far a unit that is drawn moves what the others add, over C: nothing but what fp32 hides of
   * a released mean.
   *
   * @param x its row
   */
  SelfTestReport.Check others(String name, TokenizedExample x, TrainableAdapter at)
      throws IOException {
    SubsampledGaussian plan = plan(0.5, NO_NOISE);
    List<List<TokenizedExample>> more = new ArrayList<>(units);
    more.add(List.of(x));
    int step = stepWith(plan, more.size(), true);
    float[] without = mean(new Setting(units, plan, step, at));
    Outcome all = steps.take(new Setting(more, plan, step, at));
    float[] with = all.step().gradient().values();
    float[] own = mean(new Setting(List.of(List.of(x)), plan, stepWith(plan, 1, true), at));
    double sum = 0;
    for (int i = 0; i < with.length; i++) {
      double moved = (double) with[i] - without[i] - own[i];
      sum += moved * moved;
    }
    return new SelfTestReport.Check(name, Math.sqrt(sum) * scale(all), OTHERS, true);
  }

  /**
   * How far x in place of a unit moves a batch that was cut to its limit: both have the same places
   * filled, so at most by what two units add.
   */
  SelfTestReport.Check replaced(String name, List<TokenizedExample> x, TrainableAdapter at)
      throws IOException {
    int limit = Math.max(1, units.size() / 4);
    Optional<Truncation> truncation = Optional.of(new Truncation(units.size(), limit));
    SubsampledGaussian plan = new SubsampledGaussian(0.75, NO_NOISE, STEPS, 1, truncation);
    List<List<TokenizedExample>> other = new ArrayList<>(units);
    other.set(units.size() - 1, x);
    int step = stepWith(plan, units.size(), true);
    Outcome with = steps.take(new Setting(other, plan, step, at));
    Outcome without = steps.take(new Setting(units, plan, step, at));
    boolean flow =
        with.step().statistics().examples() <= limit
            && without.step().statistics().examples() == with.step().statistics().examples()
            && without.charged() == with.charged();
    return new SelfTestReport.Check(name, moved(with, without), 2, flow);
  }

  private float[] mean(Setting setting) throws IOException {
    return steps.take(setting).step().gradient().values();
  }

  private SelfTestReport.Check compare(
      String name, List<TokenizedExample> x, TrainableAdapter at, boolean drawn)
      throws IOException {
    SubsampledGaussian plan = plan(0.5, NO_NOISE);
    List<List<TokenizedExample>> more = new ArrayList<>(units);
    more.add(x);
    int step = stepWith(plan, more.size(), drawn);
    Outcome without = steps.take(new Setting(units, plan, step, at));
    Outcome with = steps.take(new Setting(more, plan, step, at));
    int extra = with.step().statistics().examples() - without.step().statistics().examples();
    boolean flow =
        extra == (drawn ? 1 : 0)
            && with.charged() == without.charged()
            && with.step().epsilonSpent() == without.step().epsilonSpent()
            && with.threshold() == without.threshold();
    double bound =
        drawn ? 1 : ROUNDING * moved(steps.take(new Setting(units, plan, step, at)), without);
    return new SelfTestReport.Check(name, moved(with, without), bound, flow);
  }

  /** The first step in which the last unit is drawn, or is not, by the very sampler in use. */
  private int stepWith(SubsampledGaussian plan, int count, boolean drawn) throws IOException {
    for (int step = 0; ; step++) {
      try (TestStep test = TestStep.open(config, plan, count, step)) {
        if ((Arrays.binarySearch(test.step().sample().indices(), count - 1) >= 0) == drawn) {
          return step;
        }
      }
    }
  }

  /** How far gradients and curve together moved, in units of C. */
  private double moved(Outcome a, Outcome b) {
    PrivateCurve curve = config.privacy().clipping().curve();
    double gradients = norm(a, b) * scale(a);
    double size = config.batch().expected();
    double estimates = 0;
    if (a.step().curve().isPresent() && b.step().curve().isPresent()) {
      PrivateCurve.Estimate x = a.step().curve().get();
      PrivateCurve.Estimate y = b.step().curve().get();
      estimates =
          2
              * curve.share()
              * size
              * Math.hypot(
                  (x.loss() - y.loss()) / curve.lossBound(),
                  x.clippedFraction() - y.clippedFraction());
    }
    return Math.hypot(gradients, estimates);
  }

  /** From a released mean to the sum it was made from, in units of C. */
  private double scale(Outcome outcome) {
    double share = config.privacy().clipping().curve().share();
    return config.batch().expected() * Math.sqrt(1 - 2 * share * share) / outcome.threshold();
  }

  private static double norm(Outcome a, Outcome b) {
    float[] x = a.step().gradient().values();
    float[] y = b.step().gradient().values();
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += ((double) x[i] - y[i]) * ((double) x[i] - y[i]);
    }
    return Math.sqrt(sum);
  }

  /**
   * |deviation of the noise / σC − 1| for batches drawn with this rate.
   *
   * <p>Where noise is correlated over b steps, it is C times the noise of the first b steps that is
   * held against σC: that of the last of them is a step's own draw again.
   */
  SelfTestReport.Check noise(String name, double rate, TrainableAdapter at) throws IOException {
    int bands = config.privacy().noise().bands();
    BandedMatrix matrix = BandedMatrix.of(bands, STEPS);
    double[] own = new double[at.values().length];
    boolean flow = true;
    for (int step = 0; step < bands; step++) {
      Outcome quiet = steps.take(new Setting(units, plan(rate, NO_NOISE), step, at));
      Outcome noisy = steps.take(new Setting(units, plan(rate, NOISE), step, at));
      double factor = matrix.band(bands - 1 - step) * scale(noisy);
      float[] without = quiet.step().gradient().values();
      float[] with = noisy.step().gradient().values();
      for (int i = 0; i < own.length; i++) {
        own[i] += factor * ((double) with[i] - without[i]);
      }
      flow &=
          noisy.charged() == 1
              && quiet.charged() == 1
              && noisy.step().statistics().examples() == quiet.step().statistics().examples();
    }
    double squares = Arrays.stream(own).map(value -> value * value).sum();
    double deviation = Math.sqrt(squares / own.length);
    // Six standard deviations of the estimate.
    return new SelfTestReport.Check(
        name, Math.abs(deviation / NOISE - 1), 6 / Math.sqrt(2.0 * own.length), flow);
  }

  /** A step of the config's kind, with another rate and noise. */
  private SubsampledGaussian plan(double rate, double noise) {
    int bands = config.privacy().noise().bands();
    return new SubsampledGaussian(rate / bands, noise, STEPS, bands);
  }
}
