package dev.reticent.cli;

import picocli.CommandLine.Option;

/** ε, as an option of the privacy commands that ask what a budget allows. */
final class BudgetOption {
  @Option(names = "--epsilon", required = true, paramLabel = "E", description = "The budget.")
  private double epsilon;

  /** ε, above 0. */
  double epsilon() {
    return AccountingOptions.positive("--epsilon", epsilon);
  }
}
