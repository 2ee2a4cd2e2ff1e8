package dev.reticent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.config.Config;
import dev.reticent.recipe.SampleRecipe;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Answers prompts. */
@Command(
    name = "sample",
    description = "Answers prompts with a base model or a fine-tuned one.",
    mixinStandardHelpOptions = true)
final class SampleCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOptions options = new ConfigOptions();

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "A prompt to answer; may be given several times. Nothing is written then.")
  private List<String> prompts = List.of();

  @Option(names = "--json", description = "Prints the answers as JSON lines.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Config config = options.config();
    SampleRecipe recipe = SampleRecipe.of(config);
    List<SampleRecipe.Answer> answers = prompts.isEmpty() ? recipe.run() : recipe.answer(prompts);
    ObjectMapper mapper = new ObjectMapper();
    for (SampleRecipe.Answer answer : answers) {
      if (json) {
        JsonNode row =
            mapper
                .createObjectNode()
                .put("prompt", answer.prompt())
                .put("prediction", answer.generation().text())
                .put("finish_reason", answer.generation().finishReason().name());
        out.println(row);
      } else {
        out.println(answer.prompt());
        out.println("  → " + answer.generation().text().strip());
      }
    }
    return 0;
  }
}
