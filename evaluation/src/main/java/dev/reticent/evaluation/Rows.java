package dev.reticent.evaluation;

/** Checks of things that belong together row by row. */
final class Rows {
  private Rows() {}

  static void check(int one, int other) {
    if (one != other) {
      throw new IllegalArgumentException(
          "%d values and %d to compare them with: give one for each.".formatted(one, other));
    }
    checkSome(one);
  }

  static void checkSome(int count) {
    if (count == 0) {
      throw new IllegalArgumentException("There are no rows: give at least one.");
    }
  }
}
