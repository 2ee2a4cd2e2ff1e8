package dev.reticent.decoding;

/**
 * A token of a step.
 *
 * @param row holds it by now
 * @param position where in its row
 * @param order which of the step's tokens it is
 */
record Place(CacheRow row, int position, int order) {
  int id() {
    return row.tokens[position];
  }
}
