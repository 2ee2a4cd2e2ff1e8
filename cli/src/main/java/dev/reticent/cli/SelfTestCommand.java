package dev.reticent.cli;

import dev.reticent.audit.SelfTest;
import dev.reticent.audit.SelfTestReport;
import dev.reticent.config.UserInputException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Holds the guarantee's premises against the real training step. */
@Command(
    name = "selftest",
    description =
        "Trains single steps on data sets that differ in one unit, with the same randomness, and"
            + " measures what the unit moves. Exits with 1 when the guarantee does not hold.",
    footer = {
      "",
      "For example:",
      "  ./reticent selftest configs/quickstart.yaml",
      "More: docs/privacy.md"
    },
    mixinStandardHelpOptions = true)
final class SelfTestCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOptions options = new ConfigOptions();

  @Option(
      names = "--units",
      paramLabel = "N",
      description = "Units of the config's data to test with (${DEFAULT-VALUE}).")
  private int units = 16;

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    if (units < 1) {
      throw new UserInputException("--units: found " + units + "; give at least 1.");
    }
    SelfTest test = SelfTest.of(options.config());
    SelfTestReport report;
    try (ProgressLines lines = new ProgressLines(spec.commandLine().getErr())) {
      report = test.run(units, lines);
    }
    spec.commandLine().getOut().println(json ? report.toJson().toString() : report.toText());
    return report.passed() ? 0 : 1;
  }
}
