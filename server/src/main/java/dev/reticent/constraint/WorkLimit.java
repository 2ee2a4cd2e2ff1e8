package dev.reticent.constraint;

import dev.reticent.config.UserInputException;
import java.util.function.LongConsumer;

/**
 * A limit of work, counted in small steps: what is too much does not depend on the machine, on its
 * load, or on what was worked out before. Not thread-safe.
 */
final class WorkLimit {
  private final String what;
  private final long most;
  private final LongConsumer whole;
  private long left;

  /**
   * @param what is being done, for the message
   */
  WorkLimit(String what, long most) {
    this(what, most, steps -> {});
  }

  private WorkLimit(String what, long most, LongConsumer whole) {
    this.whole = whole;
    this.what = what;
    this.most = most;
    this.left = most;
  }

  /** A part of this, with a limit of its own. */
  WorkLimit part(String name, long mostOfPart) {
    return new WorkLimit(name, mostOfPart, this::spend);
  }

  /** For what is the same for every schema. */
  static WorkLimit unlimited() {
    return new WorkLimit("", Long.MAX_VALUE);
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
