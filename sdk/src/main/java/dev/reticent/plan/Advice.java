package dev.reticent.plan;

import dev.reticent.privacy.BandedMatrix;
import dev.reticent.privacy.accounting.Adjacency;
import dev.reticent.privacy.accounting.Calibration;
import dev.reticent.privacy.accounting.Neighbors;
import dev.reticent.privacy.accounting.PrivacyEvent;
import dev.reticent.privacy.accounting.RdpAccountant;
import dev.reticent.privacy.accounting.Subsampling;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How much of a private run's steps is noise, and what would make it less; known before any row is
 * read.
 *
 * <p>The noise of a step's mean gradient has the norm σC√d/B, with d trained values and B rows a
 * step on average; the mean of the clipped gradients is C at most. Their ratio, σ√d/B, is what the
 * noise-batch ratio σ/B of McKenna et al. (Scaling Laws for Differentially Private Language Models,
 * 2025, arXiv:2501.18914) is for a model of a given size. Signals of T steps add up, and their
 * noises as √T, which leaves σ√d/(B√T) of the run as a whole. A step's signal is smaller than C in
 * truth, so the words are a rule of thumb and not a promise.
 *
 * @param ofAStep σ√d/B
 * @param ofTheRun σ√d/(B√T)
 * @param levers what would help, the best first
 */
public record Advice(double ofAStep, double ofTheRun, List<Lever> levers) {

  /** Changes that help less are not worth naming. */
  private static final double WORTH = 0.97;

  /** Fewer steps hardly move, however little noise each has. */
  static final int FEWEST_STEPS = 20;

  /** A schedule is as good as the best that has less noise by no more than a twentieth. */
  private static final double AS_GOOD = 1.05;

  /**
   * A change of one setting; all but that of ε keep ε.
   *
   * @param change in words
   * @param times by how much it would multiply the noise over the run
   */
  public record Lever(String change, double times) {}

  public Advice {
    levers = List.copyOf(levers);
  }

  /** Of a private plan. */
  static Advice of(FinetunePlan plan) {
    Point here = Point.of(plan);
    double budget = here.epsilon(plan.noiseMultiplier());
    double now = here.noise(plan.noiseMultiplier());
    List<Lever> levers =
        Stream.of(
                lever("twice the rows", here.of(2, 1, 1, 1), budget, now),
                lever("twice the batch (batch_size)", here.of(1, 2, 1, 1), budget, now),
                lever("twice the steps (epochs)", here.of(1, 1, 2, 1), budget, now),
                lever("half the rank (lora.lora_rank)", here.of(1, 1, 1, 0.5), budget, now),
                lever("twice the ε (privacy.target_epsilon)", here, 2 * budget, now))
            .filter(lever -> lever.times() < WORTH)
            .sorted(Comparator.comparingDouble(Lever::times))
            .toList();
    return new Advice(here.noiseOfAStep(plan.noiseMultiplier()), now, levers);
  }

  private static Lever lever(String change, Point point, double budget, double now) {
    return new Lever(change, point.sigma(budget).map(s -> point.noise(s) / now).orElse(1.0));
  }

  /** Whether the rows outweigh the noise enough for a run to be worth its ε. */
  public boolean carries() {
    return ofTheRun < 2;
  }

  /** What a run with this much noise may be expected to learn. */
  public String expectation() {
    if (ofTheRun < 0.5) {
      return "the data carries the budget: expect nearly what training without noise would give";
    }
    if (ofTheRun < 2) {
      return "expect it to learn what many rows have in common, less than without noise";
    }
    return ofTheRun < 8
        ? "expect little: the noise outweighs what the rows say"
        : "expect nothing: the noise drowns what the rows say";
  }

  /** A few lines for a person. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "  %snoise %s times the largest signal that clipping leaves a step, %s times over the"
                + " run: %s%n",
            carries() ? "" : "Warning: ",
            digits(ofAStep),
            digits(ofTheRun),
            expectation()));
    helps()
        .ifPresent(
            words ->
                text.append("  less noise would come with, the most helpful first: ")
                    .append(words)
                    .append('\n'));
    return text.toString();
  }

  /** What would make less noise, the most helpful first; empty where there is little already. */
  public Optional<String> helps() {
    if (ofTheRun < 0.5 || levers.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        levers.stream()
            .map(l -> String.format(Locale.ROOT, "%s (×%.2f)", l.change(), l.times()))
            .collect(Collectors.joining(", ")));
  }

  private static String digits(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%,.0f", value);
  }

  /** A batch and a number of steps. */
  public record Schedule(int batch, int steps, double ofTheRun) {}

  /**
   * The batch and the steps with the least noise over the run that see as many rows as the plan's:
   * the smallest batch that is within a twentieth of the best, as more steps also move further. The
   * plan's own where they are as near to the best already, or where no other batch can be taken.
   */
  static Schedule schedule(FinetunePlan plan) {
    double rows = (double) plan.expectedBatchSize() * plan.steps();
    Point here = Point.of(plan);
    double budget = here.epsilon(plan.noiseMultiplier());
    List<Schedule> schedules = new ArrayList<>();
    for (int batch = 8; batch <= plan.units() && rows / batch >= FEWEST_STEPS; batch *= 2) {
      int steps = (int) Math.round(rows / batch);
      int size = batch;
      Point point = here.of(1, (double) batch / here.batch(), steps / here.steps(), 1);
      point
          .sigma(budget)
          .ifPresent(sigma -> schedules.add(new Schedule(size, steps, point.noise(sigma))));
    }
    double best =
        schedules.stream().mapToDouble(Schedule::ofTheRun).min().orElse(Double.POSITIVE_INFINITY);
    Schedule own =
        new Schedule(plan.expectedBatchSize(), plan.steps(), here.noise(plan.noiseMultiplier()));
    boolean moves = own.steps() >= FEWEST_STEPS || schedules.isEmpty();
    if (moves && own.ofTheRun() <= AS_GOOD * best) {
      return own;
    }
    return schedules.stream()
        .filter(schedule -> schedule.ofTheRun() <= AS_GOOD * best)
        .findFirst()
        .orElse(own);
  }

  /** Sampling rate q, batch B, steps T, trained values d. */
  private record Point(
      double rate,
      double batch,
      double steps,
      int bands,
      double values,
      double delta,
      Adjacency adjacency) {

    static Point of(FinetunePlan plan) {
      return new Point(
          plan.samplingRate(),
          plan.expectedBatchSize(),
          plan.steps(),
          plan.bands(),
          plan.trainable(),
          plan.delta(),
          plan.adjacency());
    }

    /** This point with the rows, batch, steps and trained values multiplied. */
    Point of(double rows, double batch, double steps, double values) {
      return new Point(
          Math.min(1, rate * batch / rows),
          this.batch * batch,
          this.steps * steps,
          bands,
          this.values * values,
          delta,
          adjacency);
    }

    private Subsampling.Poisson sampling() {
      return new Subsampling.Poisson(Math.min(1, bands * rate));
    }

    /** As how many independent steps they are accounted. */
    private int rounds() {
      return (int) Math.max(1, Math.ceil(steps / bands));
    }

    private RdpAccountant accountant() {
      return new RdpAccountant(Neighbors.of(adjacency));
    }

    double epsilon(double sigma) {
      return accountant().epsilon(new PrivacyEvent(sampling(), sigma, rounds()), delta);
    }

    /** The noise that keeps this budget; empty where none does. */
    Optional<Double> sigma(double budget) {
      try {
        return Optional.of(
            new Calibration(accountant(), delta).noiseMultiplier(budget, sampling(), rounds()));
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }

    /** σ√d/B, times the deviation of a step's noise over σC where it is correlated. */
    double noiseOfAStep(double sigma) {
      return sigma * Math.sqrt(values) / batch * matrix().deviation((int) steps);
    }

    /** σ√d/(B√T), times what correlation leaves of the noise in sums over steps. */
    double noise(double sigma) {
      int count = (int) Math.max(1, steps);
      double left = matrix().prefixDeviation(count) / Math.sqrt((count + 1) / 2.0);
      return sigma * Math.sqrt(values) / (batch * Math.sqrt(steps)) * left;
    }

    private BandedMatrix matrix() {
      return BandedMatrix.of(bands, (int) Math.max(1, steps));
    }
  }
}
