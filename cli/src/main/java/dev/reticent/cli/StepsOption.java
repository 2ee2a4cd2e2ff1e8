package dev.reticent.cli;

import dev.reticent.config.UserInputException;
import picocli.CommandLine.Option;

/** The number of steps, as an option of the privacy commands that are told it. */
final class StepsOption {
  @Option(names = "--steps", required = true, paramLabel = "T", description = "Number of steps.")
  private int steps;

  /** At least 1. */
  int count() {
    if (steps < 1) {
      throw new UserInputException("--steps: found " + steps + ", expected at least 1");
    }
    return steps;
  }
}
