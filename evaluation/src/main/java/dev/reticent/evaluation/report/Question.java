package dev.reticent.evaluation.report;

/**
 * A row of the evaluation data.
 *
 * @param target the right answer; empty when there is none
 * @param isPrivate whether the row must stay on this machine
 */
public record Question(String id, String text, String target, boolean isPrivate) {

  /** Whether there is a right answer. */
  public boolean hasTarget() {
    return !target.isBlank();
  }
}
