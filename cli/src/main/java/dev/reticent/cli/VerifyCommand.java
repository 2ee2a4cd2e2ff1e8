package dev.reticent.cli;

import dev.reticent.audit.RunVerification;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks a run's folder. */
@Command(
    name = "verify",
    description =
        "Checks a run's folder: ledger, seal, settings, statement, epsilon, weights, files.",
    footer = {
      "",
      "For example:",
      "  ./reticent privacy verify runs/quickstart",
      "More: docs/privacy.md"
    },
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  private static final int DOES_NOT_HOLD = 1;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "RUN", description = "The run's folder, or a copy made by pack.")
  private Path run = Path.of("");

  @Option(
      names = "--public-key",
      paramLabel = "FILE",
      description = "An Ed25519 key in PEM that the run must be signed with.")
  private Optional<Path> publicKey = Optional.empty();

  @Option(names = "--json", description = "Prints the checks as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    RunVerification verification = RunVerification.of(run, publicKey);
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? verification.toJson().toPrettyString() + "\n" : verification.toText());
    out.flush();
    return verification.holds() ? 0 : DOES_NOT_HOLD;
  }
}
