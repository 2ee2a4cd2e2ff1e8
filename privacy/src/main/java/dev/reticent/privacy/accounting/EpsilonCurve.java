package dev.reticent.privacy.accounting;

import dev.reticent.privacy.accounting.LossPair.Direction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * An upper bound on ε after each step of a run, a look-up once it is built.
 *
 * <p>The privacy loss is composed at some step counts, each at most 1/16 above the one before it
 * and at most 1/128 of the run, on coarser grids than {@link PldAccountant}'s; between two of them
 * the bound of the later one holds. It never falls from one step to the next, and after the last
 * step it is the PLD accountant's upper bound of the whole run exactly, so noise that was
 * calibrated to a budget lasts for every step. Immutable; safe for use by many threads.
 */
public final class EpsilonCurve {
  private static final int DENSITY = 16;
  private static final int PARTS = 128;

  /** Step counts within this factor share a grid. */
  private static final int GROUP = 4;

  /** Four times what a coarse grid may cost in ε. */
  private static final double COARSENESS = 2.5e-3;

  private static final int FEWEST_DOTS = 1 << 11;
  private static final int MOST_DOTS = 1 << 15;

  private final NavigableMap<Integer, Double> bounds = new TreeMap<>(Map.of(0, 0.0));
  private final int steps;

  /**
   * @param run the whole run, with the steps that are planned
   * @param delta δ in (0, 1)
   * @throws UnaccountedException when the PLD accountant does not cover the run
   */
  public EpsilonCurve(PrivacyEvent run, Neighbors neighbors, double delta) {
    this.steps = run.steps();
    PldAccountant accountant = new PldAccountant(neighbors);
    double last = accountant.epsilon(run, delta);
    List<StepLoss> directions = new ArrayList<>();
    for (Direction direction : Direction.of(neighbors)) {
      directions.add(StepLoss.of(run, direction, neighbors));
    }
    List<Integer> counts = counts(steps);
    double before = 0;
    int end = 0;
    List<Group> groups = List.of();
    for (int count : counts) {
      double epsilon;
      if (run.sampling().isWhole()) {
        epsilon = accountant.epsilon(run.withSteps(count), delta);
      } else {
        if (count > end) {
          int until = (int) Math.min(steps, (long) GROUP * count);
          groups = directions.stream().map(step -> new Group(step, until, delta)).toList();
          end = until;
        }
        epsilon = 0;
        for (Group group : groups) {
          epsilon = Math.max(epsilon, group.epsilon(count, epsilon));
        }
      }
      // All of these are bounds: of this many steps, of fewer, of more.
      before = Math.min(last, Math.max(before, epsilon));
      bounds.put(count, before);
    }
    if (steps > 0) {
      bounds.put(steps, last);
    }
  }

  /** From 1 up, below the last. */
  private static List<Integer> counts(int steps) {
    List<Integer> counts = new ArrayList<>();
    for (int count = steps; count > 1; ) {
      count -= Math.max(1, Math.min(count / DENSITY, steps / PARTS));
      counts.add(0, count);
    }
    return counts;
  }

  /**
   * ε after so many steps.
   *
   * @throws IllegalArgumentException unless steps are 0 to those planned
   */
  public double epsilon(int count) {
    if (count < 0 || count > steps) {
      throw new IllegalArgumentException(
          "steps: found " + count + ", expected 0 to the " + steps + " planned");
    }
    return bounds.ceilingEntry(count).getValue();
  }

  /** Step counts of one direction that share a grid. */
  private static final class Group {
    private final double delta;
    private final double h;
    private final List<LossDistribution> loss;
    private final Tilt tilt;

    /** ε after the group's last step, which is enough for each before it. */
    private final double atEnd;

    Group(StepLoss step, int end, double delta) {
      this.delta = delta;
      double tail = Grid.tail(end, delta);
      double span = step.span(tail);
      double dots = span / Math.sqrt(COARSENESS / end);
      this.h = Math.max(span / Math.max(FEWEST_DOTS, Math.min(MOST_DOTS, dots)), 1e-12);
      this.loss = Grid.above(List.of(step), tail, h);
      this.tilt = Tilt.ofChernoff(loss, List.of(end), delta);
      this.atEnd = composed(end);
    }

    private double composed(int count) {
      try {
        return ComposedLoss.of(loss, List.of(count), h, tilt, delta).upper(delta);
      } catch (ArithmeticException e) {
        return Double.POSITIVE_INFINITY;
      }
    }

    /** ε after so many steps, or what is enough already. */
    double epsilon(int count, double enough) {
      return atEnd <= enough ? enough : Math.min(atEnd, composed(count));
    }
  }
}
