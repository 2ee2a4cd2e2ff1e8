package dev.reticent.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.plan.FinetunePlan;
import dev.reticent.plan.RunCost;
import dev.reticent.plan.Suggestion;
import dev.reticent.recipe.DPFinetuningRecipe;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a run will do and cost. */
@Command(
    name = "plan",
    description =
        "Says what a run will do and what privacy, memory and time it will cost, without running"
            + " it.",
    footer = {
      "",
      "For example:",
      "  ./reticent plan configs/quickstart.yaml",
      "  ./reticent plan configs/quickstart.yaml --rows 9000 --suggest better.yaml",
      "More: docs/choosing.md"
    },
    mixinStandardHelpOptions = true)
final class PlanCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOptions options = new ConfigOptions();

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "Privacy units; without it those of the config's data are counted.")
  private Optional<Integer> rows = Optional.empty();

  @Option(
      names = "--memory",
      paramLabel = "GB",
      description = "Memory of a device; without it this machine's, when that computes.")
  private Optional<Double> memory = Optional.empty();

  @Option(
      names = "--time",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Measures a layer to say how long a step takes; --no-time does without.")
  private boolean time = true;

  @Option(
      names = "--suggest",
      paramLabel = "FILE",
      description =
          "Writes the config with the batch, the steps and the clip norm of the least noise, for"
              + " the same ε and as many rows seen.")
  private Optional<Path> suggest = Optional.empty();

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    if (rows.isPresent() && rows.get() < 1) {
      throw new UserInputException("--rows: found " + rows.get() + "; give at least 1.");
    }
    Config config = options.config();
    DPFinetuningRecipe recipe = DPFinetuningRecipe.of(config);
    requireData(recipe);
    FinetunePlan plan;
    try (ProgressLines lines = new ProgressLines(spec.commandLine().getErr())) {
      plan = rows.isPresent() ? recipe.plan(rows.get()) : recipe.plan(lines);
    }
    if (suggest.isPresent()) {
      return suggest(Suggestion.of(config, plan), suggest.get());
    }
    RunCost cost = RunCost.of(config);
    Optional<Double> seconds = time ? Optional.of(cost.secondsPerStep()) : Optional.empty();
    OptionalLong room = room(plan.memory().onHost());
    if (json) {
      ObjectNode node = plan.toJson();
      seconds.ifPresent(s -> node.put("seconds_per_step", s));
      room.ifPresent(bytes -> node.put("fits", cost.needed() <= bytes));
      spec.commandLine().getOut().println(node);
      return 0;
    }
    spec.commandLine().getOut().print(plan.toText());
    seconds.ifPresent(
        s ->
            say(
                "about %.2f s a step and %s in all, measured on one layer here and now, if every"
                    + " row is as long as allowed",
                s, duration(s * plan.steps())));
    room.ifPresent(bytes -> say("%s", verdict(cost, bytes)));
    return 0;
  }

  private int suggest(Suggestion suggestion, Path file) {
    PrintWriter out = spec.commandLine().getOut();
    suggestion.words().forEach(out::println);
    if (suggestion.changesNothing()) {
      out.println("Nothing is written to " + file + ", as it would say the same.");
      return 0;
    }
    try {
      Files.writeString(
          file,
          "# ./reticent finetune " + file + "\n#\n" + suggestion.toYaml(),
          StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      throw new UserInputException("--suggest: " + file + " is there already.", e);
    } catch (IOException e) {
      throw new UserInputException("--suggest: " + file + " cannot be written: " + e, e);
    }
    out.println("Written to " + file + ".");
    return 0;
  }

  /** A plan needs no data: how many rows there will be is enough. */
  private void requireData(DPFinetuningRecipe recipe) {
    Optional<Path> file = recipe.config().dataset().trainFile();
    if (rows.isEmpty() && file.isPresent() && !Files.exists(file.get())) {
      throw new UserInputException(
          file.get() + " does not exist; to plan without the data, say how many rows: --rows N.");
    }
  }

  private void say(String format, Object... values) {
    spec.commandLine().getOut().println("  " + String.format(Locale.ROOT, format, values));
  }

  private static String verdict(RunCost cost, long room) {
    if (cost.needed() <= room) {
      return "fits into %.1f GB".formatted(room / 1e9);
    }
    List<String> changes = cost.changesToFit(room);
    return "does not fit into %.1f GB; ".formatted(room / 1e9)
        + (changes.isEmpty()
            ? "no setting would make it fit: take a smaller model or more memory"
            : "it would with " + String.join(" ", changes));
  }

  private static String duration(double seconds) {
    if (seconds < 120) {
      return String.format(Locale.ROOT, "%.0f s", seconds);
    }
    return seconds < 7200
        ? String.format(Locale.ROOT, "%.0f minutes", seconds / 60)
        : String.format(Locale.ROOT, "%.1f hours", seconds / 3600);
  }

  private OptionalLong room(boolean onHost) {
    if (memory.isPresent()) {
      return OptionalLong.of(Math.round(memory.get() * 1e9));
    }
    return onHost
            && ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? OptionalLong.of(system.getTotalMemorySize())
        : OptionalLong.empty();
  }
}
