package dev.reticent.privacy;

import java.io.IOException;
import java.util.List;

/**
 * A second place for a ledger, which outlives the machine of the first: an object for each line,
 * since object stores can neither append nor lock. A line is there before the noise that it charges
 * is drawn, so a run whose disk is lost goes on with all that it spent.
 */
public interface LedgerStore {

  /** All lines, in their order. */
  List<String> lines() throws IOException;

  /**
   * Adds a line where there is none of its number yet; of two who try, one succeeds.
   *
   * @param number from 0
   * @return whether the line of this number is now this one
   */
  boolean add(int number, String line) throws IOException;
}
