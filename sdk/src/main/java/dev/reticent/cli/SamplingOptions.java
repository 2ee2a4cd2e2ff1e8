package dev.reticent.cli;

import dev.reticent.config.UserInputException;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The figures of a run that both privacy commands need. */
final class SamplingOptions {
  @Option(
      names = "--sampling-rate",
      required = true,
      paramLabel = "Q",
      description = "Chance of a row to be in a step: the expected batch over the number of rows.")
  private double samplingRate;

  @Option(names = "--steps", required = true, paramLabel = "T", description = "Number of steps.")
  private int steps;

  @Option(
      names = "--delta",
      required = true,
      paramLabel = "D",
      description = "Delta; well below one over the number of rows.")
  private double delta;

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  double samplingRate() {
    if (!(samplingRate > 0 && samplingRate <= 1)) {
      throw new UserInputException(
          "--sampling-rate: found " + samplingRate + ", expected above 0 and at most 1");
    }
    return samplingRate;
  }

  int steps() {
    if (steps < 1) {
      throw new UserInputException("--steps: found " + steps + ", expected at least 1");
    }
    return steps;
  }

  double delta() {
    if (!(delta > 0 && delta < 1)) {
      throw new UserInputException("--delta: found " + delta + ", expected between 0 and 1");
    }
    return delta;
  }

  boolean json() {
    return json;
  }

  /** A positive, finite number given by an option. */
  static double positive(String option, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new UserInputException(option + ": found " + value + ", expected above 0");
    }
    return value;
  }

  /** What the figures stand on. */
  Map<String, Object> assumptions() {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("sampling_rate", samplingRate());
    figures.put("steps", steps());
    figures.put("delta", delta());
    figures.put("sampler", "poisson");
    figures.put("adjacency", "add-remove");
    return figures;
  }
}
