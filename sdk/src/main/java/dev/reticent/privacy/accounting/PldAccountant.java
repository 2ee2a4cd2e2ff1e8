package dev.reticent.privacy.accounting;

import dev.reticent.privacy.accounting.LossPair.Direction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A bracket on ε of a history of subsampled Gaussian steps, from its privacy loss distribution.
 *
 * <p>Two discrete losses enclose that of a step ({@link LossDistribution}): one dominates it, the
 * step dominates the other, both within O(h²) of it. Each is composed by FFT after an exponential
 * tilt e^(θl) at the Chernoff point, so that the tail that decides δ is computed to relative, not
 * absolute, accuracy. The mass beyond the FFT's window and the grid, a bound on the FFT's rounding
 * and one on the relative error of the masses count against each bound. A history without sampling
 * is one Gaussian, whose ε has a closed form.
 *
 * <p>Immutable; safe for use by many threads.
 */
public final class PldAccountant implements Accountant {
  private final Neighbors neighbors;

  public PldAccountant(Neighbors neighbors) {
    this.neighbors = neighbors;
  }

  /** The bracket after these events, in any order. */
  public EpsilonBracket bracket(List<PrivacyEvent> history, double delta) {
    return bracket(history, delta, true);
  }

  /** The bracket after one event. */
  public EpsilonBracket bracket(PrivacyEvent event, double delta) {
    return bracket(List.of(event), delta);
  }

  /** The upper end of the bracket alone, in little more than half the time. */
  @Override
  public double epsilon(List<PrivacyEvent> history, double delta) {
    return bracket(history, delta, false).upper();
  }

  @Override
  public boolean covers(Sampling sampling) {
    try {
      StepLoss.check(sampling, neighbors);
      return true;
    } catch (UnaccountedException e) {
      return false;
    }
  }

  private EpsilonBracket bracket(List<PrivacyEvent> history, double delta, boolean both) {
    if (!(delta > 0 && delta < 1)) {
      throw new IllegalArgumentException("delta must be in (0, 1), got delta " + delta);
    }
    history.forEach(event -> StepLoss.check(event.sampling(), neighbors));
    Map<PrivacyEvent, Integer> counts = new LinkedHashMap<>();
    for (PrivacyEvent event : history) {
      if (event.steps() > 0) {
        counts.merge(event.withSteps(1), event.steps(), Math::addExact);
      }
    }
    if (counts.isEmpty()) {
      return new EpsilonBracket(0, 0);
    }
    if (counts.keySet().stream().allMatch(event -> event.sampling().rate() == 1)) {
      return gaussian(counts, delta);
    }
    double upper = 0;
    double lower = 0;
    for (Direction direction : directions()) {
      List<StepLoss> steps = new ArrayList<>();
      counts.keySet().forEach(event -> steps.add(StepLoss.of(event, direction, neighbors)));
      List<Integer> times = List.copyOf(counts.values());
      Grid grid = Grid.of(steps, times, delta);
      List<LossDistribution> above = new ArrayList<>();
      List<LossDistribution> below = new ArrayList<>();
      for (StepLoss step : steps) {
        double origin = Grid.origin(step, grid.z(), grid.h());
        LossCells cells = LossCells.of(step, grid.z(), grid.h(), origin);
        above.add(LossDistribution.above(cells));
        if (both) {
          below.add(LossDistribution.below(cells));
        }
      }
      upper = Math.max(upper, ComposedLoss.of(above, times, grid).upper(delta));
      if (both) {
        lower = Math.max(lower, ComposedLoss.of(below, times, grid).lower(delta));
      }
    }
    return new EpsilonBracket(Math.min(lower, upper), upper);
  }

  private List<Direction> directions() {
    return neighbors.adjacency() == Adjacency.REPLACE_ONE
        ? List.of(Direction.REPLACE)
        : List.of(Direction.REMOVE, Direction.ADD);
  }

  /** Without sampling the sums are one Gaussian of distance μ, μ² = Σ T·(s/σ)². */
  private EpsilonBracket gaussian(Map<PrivacyEvent, Integer> counts, double delta) {
    double distance =
        neighbors.rowsPerUnit() * (neighbors.adjacency() == Adjacency.REPLACE_ONE ? 2.0 : 1.0);
    double squares = 0;
    for (Map.Entry<PrivacyEvent, Integer> entry : counts.entrySet()) {
      double mu = distance / entry.getKey().noiseMultiplier();
      squares += entry.getValue() * mu * mu;
    }
    return Gaussian.epsilon(Math.sqrt(squares), delta);
  }
}
