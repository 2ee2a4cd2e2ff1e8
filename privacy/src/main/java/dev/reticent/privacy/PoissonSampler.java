package dev.reticent.privacy;

import java.util.Arrays;

/**
 * Draws Poisson batches: at each step each of N units with probability q, independently.
 *
 * <p>With b bands each unit is in one of b groups by a draw of its own, and step t takes each unit
 * of group t mod b with probability bq (Choquette-Choo et al. 2023, algorithm 2).
 *
 * <p>With a {@link Truncation} a batch above the limit is cut to a part of that size, each such
 * part as likely as any other, whatever its units are.
 *
 * <p>A batch may be empty; it is used like any other. Steps are numbered from 0.
 */
final class PoissonSampler {

  private final SubsampledGaussian plan;
  private final int[] groups;
  private final double rate;
  private final RunKey key;
  private int step;

  /**
   * @param units N, how many units the data has
   * @param firstStep the step to begin with: 0, or where a resumed run goes on
   */
  PoissonSampler(SubsampledGaussian plan, int units, RunKey key, int firstStep) {
    if (units < 1) {
      throw new IllegalArgumentException("there must be at least one unit, got " + units);
    }
    if (plan.truncation().filter(limit -> limit.units() != units).isPresent()) {
      throw new IllegalArgumentException(
          "the accountant of batches with a limit knows of %s units, got %d"
              .formatted(plan.truncation().get().units(), units));
    }
    this.plan = plan;
    this.groups = groups(plan.bands(), units, key);
    this.rate = plan.accounted().samplingRate();
    this.key = key;
    this.step = firstStep;
  }

  private static int[] groups(int bands, int units, RunKey key) {
    int[] groups = new int[units];
    if (bands > 1) {
      RandomStream random = key.stream(RunKey.Purpose.GROUPS, 0, 0);
      Arrays.setAll(groups, unit -> (int) (random.nextDouble() * bands));
    }
    return groups;
  }

  /** Whether steps are left. */
  boolean hasNext() {
    return step < plan.steps();
  }

  /**
   * The next batch, to be summed by this clipping and with this curve.
   *
   * @throws IllegalStateException when all T steps have been taken
   */
  PoissonBatch next(Clipping clipping, PrivateCurve curve) {
    if (!hasNext()) {
      throw new IllegalStateException("all " + plan.steps() + " steps are taken");
    }
    RandomStream random = key.stream(RunKey.Purpose.SAMPLING, step, 0);
    int[] chosen = new int[16];
    int count = 0;
    int group = step % plan.bands();
    for (int i = 0; i < groups.length; i++) {
      if (random.nextDouble() < rate && groups[i] == group) {
        if (count == chosen.length) {
          chosen = Arrays.copyOf(chosen, 2 * count);
        }
        chosen[count++] = i;
      }
    }
    int[] drawn = withinLimit(Arrays.copyOf(chosen, count));
    return new PoissonBatch(plan, step++, drawn, clipping, curve);
  }

  /** By the first steps of Fisher and Yates's shuffle. */
  private int[] withinLimit(int[] drawn) {
    int limit = plan.truncation().map(Truncation::largestBatch).orElse(drawn.length);
    if (drawn.length <= limit) {
      return drawn;
    }
    RandomStream random = key.stream(RunKey.Purpose.TRUNCATION, step, 0);
    for (int i = 0; i < limit; i++) {
      int other = i + random.nextInt(drawn.length - i);
      int swapped = drawn[i];
      drawn[i] = drawn[other];
      drawn[other] = swapped;
    }
    int[] kept = Arrays.copyOf(drawn, limit);
    Arrays.sort(kept);
    return kept;
  }
}
