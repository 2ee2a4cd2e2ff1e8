package dev.reticent.cli;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.format.Dtype;
import dev.reticent.recipe.MergeRecipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Merges an adapter into its base model. */
@Command(
    name = "merge",
    description =
        "Merges a run's adapter into its base model, for Python transformers or llama.cpp.",
    footer = {
      "",
      "For example:",
      "  ./reticent merge runs/quickstart --output merged",
      "More: docs/export.md"
    },
    mixinStandardHelpOptions = true)
final class MergeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** The types of merged weights, as they are written. */
  enum Type {
    bf16(Dtype.BF16),
    fp16(Dtype.F16),
    fp32(Dtype.F32);

    private final Dtype dtype;

    Type(Dtype dtype) {
      this.dtype = dtype;
    }
  }

  @Parameters(
      index = "0",
      paramLabel = "CONFIG.yaml|RUN",
      description = "The config of a finished run, or the run's folder (or any PEFT folder).")
  private Path run = Path.of("");

  @Parameters(
      index = "1..*",
      paramLabel = "key=value",
      description = "With a config: settings that replace those of the file.")
  private List<String> overrides = List.of();

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "The folder to write; it must not be there yet.")
  private Path output = Path.of("");

  @Option(
      names = "--base",
      paramLabel = "DIR",
      description = "With a folder: the base model, when it is not where the run found it.")
  private Optional<Path> base = Optional.empty();

  @Option(
      names = "--dtype",
      defaultValue = "bf16",
      description = "The type of the weights: ${COMPLETION-CANDIDATES}.")
  private Type type = Type.bf16;

  @Override
  public Integer call() {
    if (Files.isDirectory(run) && !overrides.isEmpty()) {
      throw new UserInputException(
          "key=value: settings go with a config file, and " + run + " is a folder.");
    }
    try (ProgressLines lines = new ProgressLines(spec.commandLine().getErr())) {
      if (Files.isDirectory(run)) {
        MergeRecipe.run(run, base, output, type.dtype, lines);
      } else {
        MergeRecipe.run(Config.read(run).withOverrides(overrides), output, type.dtype, lines);
      }
    }
    spec.commandLine().getOut().println(output);
    return 0;
  }
}
