package dev.reticent.settings;

import dev.reticent.api.Internal;
import dev.reticent.config.Section;
import dev.reticent.privacy.accounting.RandomStopping;
import dev.reticent.privacy.accounting.RandomStopping.Rule;

/**
 * That a run is one of a random number of which only the best is released; {@code reticent tune}
 * sets it.
 *
 * @param rule what the number is drawn from
 * @param meanRuns its mean
 */
public record SelectionSettings(Rule rule, double meanRuns) {

  @Internal
  public SelectionSettings {}

  static SelectionSettings read(Section section) {
    return new SelectionSettings(
        section
            .choice("runs", Rule.class)
            .describedAs(
                """
                What the number of runs is drawn from: `poisson`, which can be none at all, or
                `geometric`, at least one.\
                """)
            .orElse(Rule.POISSON),
        section
            .number("mean_runs")
            .atLeast(1.0)
            .atMost(10_000.0)
            .describedAs("How many runs there are on average.")
            .orElse(8.0));
  }

  /** What the accountant takes. */
  public RandomStopping stopping() {
    return new RandomStopping(rule, meanRuns);
  }
}
