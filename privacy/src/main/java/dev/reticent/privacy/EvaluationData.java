package dev.reticent.privacy;

import java.util.Optional;

/** Whether the data a model is judged on may be seen by those who see the results. */
public enum EvaluationData {
  /** Free for any use. */
  PUBLIC,
  /** Private: results computed on it are covered by no ε. */
  PRIVATE;

  /**
   * Why no checkpoint may be chosen by its score on this data; empty when one may. Which checkpoint
   * won says something about the rows that were scored, and no noise hides it.
   */
  public Optional<String> objectionToSelecting() {
    return this == PRIVATE
        ? Optional.of(
            "the best checkpoint cannot be chosen on private evaluation data: the choice depends on"
                + " its rows and is covered by no ε. Keep the last checkpoint; or set"
                + " privacy.evaluation: true, which measures the loss under noise; or declare the"
                + " data public if it is.")
        : Optional.empty();
  }
}
