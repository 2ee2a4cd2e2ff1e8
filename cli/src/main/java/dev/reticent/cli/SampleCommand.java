package dev.reticent.cli;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.recipe.SampleRecipe;
import dev.reticent.sampling.Generation;
import java.io.PrintWriter;
import java.util.Arrays;
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
    footer = {
      "",
      "For example:",
      "  ./reticent sample checkpoint_path=runs/quickstart \\",
      "    --prompt 'How do I delete table /rooms/games in zone harbor?'",
      "  ./reticent sample configs/sample.yaml",
      "More: docs/configuration.md"
    },
    mixinStandardHelpOptions = true)
final class SampleCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOptions options = new ConfigOptions();

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "A prompt to answer; may be given several times. Nothing is written then.")
  private List<String> prompts = List.of();

  @Option(
      names = "--ids",
      paramLabel = "ID,ID…",
      description =
          "Token ids to continue as they are, without a chat template; may be given several times."
              + " Nothing is written then.")
  private List<String> ids = List.of();

  @Option(names = "--json", description = "Prints the answers as JSON lines.")
  private boolean json;

  private final ObjectMapper mapper = new ObjectMapper();

  @Override
  public Integer call() {
    Config config = options.config();
    if (!ids.isEmpty() && !prompts.isEmpty()) {
      throw new UserInputException("--ids and --prompt: give one of them.");
    }
    SampleRecipe recipe = SampleRecipe.of(config);
    if (ids.isEmpty()) {
      for (SampleRecipe.Answer answer : answers(recipe)) {
        print(mapper.createObjectNode().put("prompt", answer.prompt()), answer.generation());
      }
    } else {
      List<int[]> given = ids.stream().map(SampleCommand::ids).toList();
      List<Generation> generations = recipe.continueIds(given);
      for (int i = 0; i < given.size(); i++) {
        print(mapper.createObjectNode().putPOJO("prompt_ids", given.get(i)), generations.get(i));
      }
    }
    return 0;
  }

  private List<SampleRecipe.Answer> answers(SampleRecipe recipe) {
    try (ProgressLines lines = new ProgressLines(spec.commandLine().getErr())) {
      if (prompts.isEmpty()) {
        return recipe.run(lines);
      }
      lines.phase("loading the model");
      return recipe.answer(prompts, done -> lines.progressed("answering", done, prompts.size()));
    }
  }

  private void print(ObjectNode row, Generation generation) {
    PrintWriter out = spec.commandLine().getOut();
    String prompt = row.path("prompt").asText("");
    row.put("prediction", generation.text())
        .putPOJO("ids", generation.ids())
        .put("finish_reason", generation.finishReason().name());
    if (json) {
      out.println(row);
    } else if (prompt.isEmpty()) {
      out.println(Arrays.stream(generation.ids()).mapToObj(String::valueOf).collect(joining(",")));
    } else {
      out.println(prompt);
      out.println("  → " + generation.text().strip());
    }
  }

  private static int[] ids(String list) {
    try {
      return Arrays.stream(list.split(",", -1))
          .mapToInt(id -> Integer.parseInt(id.strip()))
          .toArray();
    } catch (NumberFormatException e) {
      throw new UserInputException(
          "--ids: found '" + list + "'; give token ids separated by commas, such as 1,2,3.", e);
    }
  }
}
