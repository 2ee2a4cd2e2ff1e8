package dev.reticent.architecture;

/**
 * Queries at position p times 1 + β·ln(1 + ⌊p / original⌋), which keeps attention sharp over long
 * texts.
 *
 * @param beta 0 for models without
 * @param first the number of the first position, 0 or 1
 * @param unturned whether it is the layers without positions that have it; else the others
 */
public record QueryReach(double beta, int originalPositions, int first, boolean unturned) {
  /** Queries stay as they are. */
  static final QueryReach NONE = new QueryReach(0, 1, 0, false);

  /** Whether queries grow at all. */
  public boolean grows() {
    return beta != 0;
  }

  /** What queries at a position are multiplied by. */
  public float at(int position) {
    return (float) (1 + beta * Math.log(1.0 + Math.floorDiv(first + position, originalPositions)));
  }
}
