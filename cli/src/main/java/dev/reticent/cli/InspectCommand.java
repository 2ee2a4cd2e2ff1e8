package dev.reticent.cli;

import dev.reticent.recipe.Inspection;
import dev.reticent.weights.Quantization;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Log-probabilities and logits of given tokens. */
@Command(
    name = "inspect",
    description = "Log-probabilities and logits of given tokens, to compare implementations.",
    footer = {
      "",
      "For example:",
      "  ./reticent inspect models/my-model --ids 1,42,7",
      "More: docs/models.md"
    },
    mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "MODEL_DIR", description = "A Hugging Face model folder.")
  private Path model = Path.of("");

  @Option(names = "--adapter", paramLabel = "DIR", description = "A PEFT folder.")
  private Optional<Path> adapter = Optional.empty();

  @Option(
      names = "--quantization",
      paramLabel = "none|int8|nf4",
      defaultValue = "none",
      description = "How the base is held: ${COMPLETION-CANDIDATES}.")
  private Quantization quantization = Quantization.NONE;

  @Option(
      names = "--ids",
      split = ",",
      required = true,
      paramLabel = "ID",
      description = "Token ids, separated by commas.")
  private int[] ids = {};

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    Inspection found;
    try (ProgressLines lines = new ProgressLines(spec.commandLine().getErr())) {
      lines.phase("loading the model");
      found = Inspection.of(model, adapter, quantization, ids);
    }
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("logprobs", found.logProbabilities());
    figures.put("logits_last", found.lastLogits());
    if (json) {
      Output.print(spec.commandLine().getOut(), true, figures);
    } else {
      for (int i = 0; i < found.logProbabilities().length; i++) {
        spec.commandLine()
            .getOut()
            .printf("token %d: log p = %.6f%n", ids[i + 1], found.logProbabilities()[i]);
      }
    }
    return 0;
  }
}
