package dev.reticent.privacy.accounting;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An upper bound on ε of releasing the best of a random number of runs, each with the given
 * history: {@link RandomStopping} says how many.
 *
 * <p>The runs may differ in whatever is not accounted, such as learning rates; which one is best
 * must follow from what a run releases, or from public rows. Safe for use by many threads;
 * remembers the divergences that it computed.
 */
public final class BestOfRunsAccountant implements Accountant {
  private final RdpAccountant oneRun;
  private final RandomStopping stopping;
  private final Map<PrivacyEvent, RenyiCurve> ofOneStep = new ConcurrentHashMap<>();

  public BestOfRunsAccountant(Neighbors neighbors, RandomStopping stopping) {
    this.oneRun = new RdpAccountant(neighbors);
    this.stopping = stopping;
  }

  /**
   * @param history of one run
   */
  @Override
  public double epsilon(List<PrivacyEvent> history, double delta) {
    if (!(delta > 0 && delta < 1)) {
      throw new IllegalArgumentException("delta must be in (0, 1), got delta " + delta);
    }
    return curve(history).epsilon(delta);
  }

  @Override
  public boolean covers(Subsampling sampling) {
    return oneRun.covers(sampling);
  }

  /**
   * What the best test of the data can do at most, that sees what was released of all runs.
   *
   * @param history of one run
   */
  public TradeOff tradeOff(List<PrivacyEvent> history) {
    return TradeOff.of(curve(history));
  }

  private RenyiCurve curve(List<PrivacyEvent> history) {
    RenyiCurve sum = RenyiCurve.none();
    for (PrivacyEvent event : history) {
      PrivacyEvent one = event.withSteps(1);
      RenyiCurve step = ofOneStep.computeIfAbsent(one, each -> RenyiCurve.of(each, oneRun));
      sum = sum.plus(step, event.steps());
    }
    return stopping.ofTheBest(sum);
  }
}
