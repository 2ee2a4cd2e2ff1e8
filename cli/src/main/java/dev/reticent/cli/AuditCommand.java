package dev.reticent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.config.UserInputException;
import dev.reticent.privacy.disclosure.RunFile;
import dev.reticent.recipe.DPFinetuningRecipe;
import dev.reticent.run.FinetuneResult;
import dev.reticent.run.RunFolder;
import dev.reticent.training.Trainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Fine-tunes with canaries among the rows and measures what the adapter tells of them. */
@Command(
    name = "audit",
    description =
        "Fine-tunes as the config says, with made-up rows (canaries) beside the data, and bounds"
            + " epsilon from below by what the adapter (black box) and the released gradients"
            + " (white box) tell of them. Exits with 1 when that refutes the claimed epsilon.",
    footer = {
      "",
      "For example:",
      "  ./reticent audit configs/quickstart.yaml saving_dir=runs/audited",
      "More: docs/privacy.md"
    },
    mixinStandardHelpOptions = true)
final class AuditCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOptions options = new ConfigOptions();

  @Option(
      names = "--canaries",
      paramLabel = "M",
      description =
          "Rows to make up; a coin puts each in or not (${DEFAULT-VALUE}). More tell more.")
  private int canaries = 700;

  @Option(
      names = "--white-box",
      paramLabel = "K",
      description =
          "At how many steps, evenly spread, canaries' gradients are held against the released ones"
              + " (${DEFAULT-VALUE}); these are kept in local/gradients meanwhile. 0 looks at the"
              + " adapter only.")
  private int whiteBox = 1;

  @Option(names = "--json", description = "Prints audit.json.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (canaries < 20) {
      throw new UserInputException("--canaries: found " + canaries + "; give at least 20.");
    }
    if (whiteBox < 0) {
      throw new UserInputException(
          "--white-box: found " + whiteBox + "; give a number of steps, or 0 to leave it out.");
    }
    PrintWriter out = spec.commandLine().getOut();
    FinetuneResult result;
    int code;
    try (ConsoleListener listener = new ConsoleListener(spec.commandLine().getErr())) {
      result = DPFinetuningRecipe.of(options.config()).audited(canaries, whiteBox).run(listener);
      code = listener.exitCode();
    }
    JsonNode audit =
        new ObjectMapper().readTree(new RunFolder(result.folder()).file(RunFile.AUDIT).toFile());
    out.println(json ? audit.toPrettyString() : result.statement());
    if (result.outcome() == Trainer.Outcome.INTERRUPTED) {
      spec.commandLine().getErr().println("Go on with the same command.");
      return code;
    }
    return audit.path("refuted").asBoolean() ? 1 : 0;
  }
}
