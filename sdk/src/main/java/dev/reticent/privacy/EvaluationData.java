package dev.reticent.privacy;

/** Whether the data a model is judged on may be seen by those who see the results. */
public enum EvaluationData {
  /** Free for any use. */
  PUBLIC,
  /** Private: results computed on it are covered by no ε. */
  PRIVATE;

  /**
   * Allows choosing among checkpoints by their score on this data.
   *
   * @throws IllegalArgumentException when the data is private: which checkpoint won says something
   *     about the rows that were scored, and no noise hides it
   */
  public void requireSelectable() {
    if (this == PRIVATE) {
      throw new IllegalArgumentException(
          "the best checkpoint cannot be chosen on private evaluation data: the choice depends on"
              + " its rows and is covered by no ε. Keep the last checkpoint, or declare the data"
              + " public if it is.");
    }
  }
}
