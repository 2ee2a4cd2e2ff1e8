package dev.reticent.evaluation.judge;

import java.util.Locale;

/** How the grading of a row ended; every row ends in exactly one way. */
public enum Outcome {
  /** The judge gave a grade. */
  SCORED,
  /** The judge's reply holds no verdict. */
  UNPARSEABLE,
  /** The reply was cut off at the token limit. */
  TRUNCATED,
  /** The grade is off the scale. */
  OUT_OF_RANGE,
  /** The judge would not, or a filter stopped it. */
  REFUSED,
  /** No reply came, after all attempts. */
  HTTP_FAILED,
  /** The judge was not asked: no target, a private row, the cost cap, or the run had stopped. */
  SKIPPED;

  /** The name in files and tables. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
