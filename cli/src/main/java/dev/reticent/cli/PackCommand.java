package dev.reticent.cli;

import dev.reticent.audit.RunPack;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Copies of a run's folder what may be given away. */
@Command(
    name = "pack",
    description = "Checks a run and copies what may be given away, without its local folder.",
    footer = {
      "",
      "For example:",
      "  ./reticent privacy pack runs/quickstart handed-over --private-key key.pem",
      "More: docs/privacy.md"
    },
    mixinStandardHelpOptions = true)
final class PackCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "RUN", description = "The run's folder.")
  private Path run = Path.of("");

  @Parameters(index = "1", paramLabel = "OUT", description = "The folder to write.")
  private Path output = Path.of("");

  @Option(
      names = "--private-key",
      paramLabel = "FILE",
      description = "Signs the copy with an Ed25519 key in PEM.")
  private Optional<Path> privateKey = Optional.empty();

  @Override
  public Integer call() {
    RunPack.write(run, output, privateKey);
    spec.commandLine().getOut().println(output);
    return 0;
  }
}
