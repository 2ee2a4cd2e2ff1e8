package dev.reticent.constraint;

import dev.reticent.config.UserInputException;
import java.util.function.LongConsumer;

/**
 * A limit of work, counted in small steps: what is too much does not depend on the machine, on its
 * load, or on what was worked out before. Not thread-safe.
 */
final class Work {
  private final String what;
  private final long most;
  private final LongConsumer whole;
  private long left;

  /**
   * @param what is being done, for the message
   */
  Work(String what, long most) {
    this(what, most, steps -> {});
  }

  private Work(String what, long most, LongConsumer whole) {
    this.whole = whole;
    this.what = what;
    this.most = most;
    this.left = most;
  }

  /** A part of this, with a limit of its own. */
  Work part(String name, long mostOfPart) {
    return new Work(name, mostOfPart, this::spend);
  }

  /** For what is the same for every schema. */
  static Work unlimited() {
    return new Work("", Long.MAX_VALUE);
  }

  /** The steps counted so far. */
  long spent() {
    return most - left;
  }

  /**
   * @throws UserInputException if the limit is passed
   */
  void spend(long steps) {
    left -= steps;
    if (left < 0) {
      throw new UserInputException(
          "The JSON schema takes more work than one request may cause, "
              + what
              + ": use fewer alternatives, shorter lists or simpler patterns.");
    }
    whole.accept(steps);
  }
}
