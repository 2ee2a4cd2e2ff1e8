package dev.reticent.cli;

import picocli.CommandLine.Option;

/** σ, as an option of the privacy commands that are told the noise. */
final class NoiseOption {
  @Option(
      names = "--noise-multiplier",
      required = true,
      paramLabel = "S",
      description = "The noise's standard deviation over the clip norm.")
  private double noiseMultiplier;

  /** σ, above 0. */
  double sigma() {
    return AccountingOptions.positive("--noise-multiplier", noiseMultiplier);
  }
}
