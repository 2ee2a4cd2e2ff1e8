package dev.reticent.cli;

import dev.reticent.config.UserInputException;
import dev.reticent.privacy.accounting.Adjacency;
import java.util.LinkedHashMap;
import java.util.Locale;
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

  @Option(
      names = "--adjacency",
      defaultValue = "add-remove",
      paramLabel = "add-remove|replace-one",
      description = "Which datasets are neighbours: one row more, or one row replaced.")
  private String adjacency = "add-remove";

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

  Adjacency adjacency() {
    return switch (adjacency.toLowerCase(Locale.ROOT).replace('_', '-')) {
      case "add-remove", "add-or-remove-one" -> Adjacency.ADD_OR_REMOVE_ONE;
      case "replace-one" -> Adjacency.REPLACE_ONE;
      default ->
          throw new UserInputException(
              "--adjacency: found '" + adjacency + "', expected add-remove or replace-one");
    };
  }

  /** Whether the RDP accountant, which knows one relation, has an answer too. */
  boolean hasRdp() {
    return adjacency() == Adjacency.ADD_OR_REMOVE_ONE;
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
    figures.put("adjacency", hasRdp() ? "add-remove" : "replace-one");
    return figures;
  }
}
