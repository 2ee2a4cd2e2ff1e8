package dev.reticent.privacy;

import java.util.HashSet;
import java.util.Set;

/** Which units are in a partial sum, each at most once. Thread-safe. */
final class Claims {

  /** So many contributions of C stay below 2⁶³ on the grid, whatever they are. */
  private static final int MOST = 1 << 26;

  private final int step;
  private final Set<Integer> added = new HashSet<>();
  private boolean finished;

  Claims(int step) {
    this.step = step;
  }

  /**
   * Takes all of these units, or throws and takes none.
   *
   * @throws IllegalArgumentException when one comes twice or was taken already
   */
  synchronized void take(int[] units) {
    if (finished) {
      throw new IllegalStateException("the partial sum of step " + step + " is finished");
    }
    Set<Integer> more = new HashSet<>();
    for (int unit : units) {
      if (added.contains(unit) || !more.add(unit)) {
        throw new IllegalArgumentException("unit " + unit + " was added already");
      }
    }
    if (added.size() + more.size() > MOST) {
      throw new IllegalStateException("a partial sum holds at most " + MOST + " units");
    }
    added.addAll(more);
  }

  /** Lets go of units that {@link #take} took and that were not added after all. */
  synchronized void giveBack(int[] units) {
    for (int unit : units) {
      added.remove(unit);
    }
  }

  /** The units, ascending, once; none is taken any more. */
  synchronized int[] finish() {
    if (finished) {
      throw new IllegalStateException("the partial sum of step " + step + " was taken already");
    }
    finished = true;
    return added.stream().mapToInt(Integer::intValue).sorted().toArray();
  }
}
