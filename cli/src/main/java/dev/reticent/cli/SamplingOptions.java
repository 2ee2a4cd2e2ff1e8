package dev.reticent.cli;

import dev.reticent.config.UserInputException;
import dev.reticent.privacy.accounting.Subsampling;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How the rows of a step are chosen, as options of the privacy commands. */
final class SamplingOptions {
  @Option(
      names = "--sampler",
      defaultValue = "poisson",
      paramLabel = "NAME",
      description =
          "poisson; truncated-poisson (needs --rows); fixed-size (needs --rows and --batch);"
              + " once-per-pass: any order, every row once in each pass, --steps counts passes.")
  private String sampler = "poisson";

  @Option(
      names = "--sampling-rate",
      paramLabel = "Q",
      description = "Chance of a row to be in a step: the expected batch over the number of rows.")
  private Optional<Double> samplingRate = Optional.empty();

  @Option(names = "--rows", paramLabel = "N", description = "Number of rows.")
  private Optional<Integer> rows = Optional.empty();

  @Option(names = "--batch", paramLabel = "B", description = "Rows in a batch of fixed size.")
  private Optional<Integer> batch = Optional.empty();

  @Option(
      names = "--largest-batch",
      paramLabel = "B",
      description = "Where truncated-poisson cuts a batch; qN + 6 sqrt(qN) without it.")
  private Optional<Integer> largestBatch = Optional.empty();

  /** The sampling that was asked for. */
  Subsampling sampling() {
    return AccountingOptions.asked(this::parse);
  }

  private Subsampling parse() {
    return switch (sampler) {
      case "poisson" -> new Subsampling.Poisson(rate());
      case "truncated-poisson" -> truncated(rate(), needed("--rows", rows));
      case "fixed-size" ->
          new Subsampling.FixedSize(needed("--batch", batch), needed("--rows", rows));
      case "once-per-pass" -> new Subsampling.OncePerPass();
      default ->
          throw new UserInputException(
              "--sampler: found '"
                  + sampler
                  + "', expected poisson, truncated-poisson, fixed-size or once-per-pass");
    };
  }

  private Subsampling truncated(double rate, int units) {
    int limit =
        largestBatch.orElseGet(() -> Subsampling.TruncatedPoisson.largestBatch(rate, units));
    return new Subsampling.TruncatedPoisson(rate, units, limit);
  }

  private double rate() {
    double rate = needed("--sampling-rate", samplingRate);
    if (!(rate > 0 && rate <= 1)) {
      throw new UserInputException(
          "--sampling-rate: found " + rate + ", expected above 0 and at most 1");
    }
    return rate;
  }

  private <T> T needed(String option, Optional<T> value) {
    return value.orElseThrow(
        () ->
            new UserInputException(
                "missing " + option + ", which --sampler " + sampler + " needs"));
  }
}
