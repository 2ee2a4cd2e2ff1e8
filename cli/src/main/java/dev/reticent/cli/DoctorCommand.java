package dev.reticent.cli;

import dev.reticent.recipe.Doctor;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What this machine offers, and what is missing. */
@Command(
    name = "doctor",
    description =
        "Says what this machine offers to compute on, and for each thing that is missing the"
            + " command that mends it.",
    footer = {"", "For example:", "  ./reticent doctor", "More: docs/gpu.md"},
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    Doctor doctor = Doctor.here();
    spec.commandLine().getOut().println(json ? doctor.toJson().toString() : doctor.toText());
    return 0;
  }
}
