package dev.reticent.cli;

import dev.reticent.config.UserInputException;
import dev.reticent.privacy.accounting.RandomStopping;
import dev.reticent.recipe.TuneRecipe;
import dev.reticent.run.FinetuneResult;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Chooses among settings by private runs, at a total that is told before the first of them. */
@Command(
    name = "tune",
    description =
        "Makes a secret random number of private runs, each with a setting drawn from a grid, and"
            + " releases the best by its loss on public rows. privacy.target_epsilon is the total"
            + " of all of them, stated before the first.",
    footer = {
      "",
      "For example:",
      "  ./reticent tune configs/quickstart.yaml --grid 'learning_rate=3e-3|1e-2' \\",
      "    saving_dir=runs/tuned",
      "More: docs/privacy.md"
    },
    mixinStandardHelpOptions = true)
final class TuneCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOptions options = new ConfigOptions();

  @Option(
      names = "--grid",
      paramLabel = "KEY=V1|V2",
      required = true,
      description =
          "A key and the values to choose from, divided by |; several times for several keys.")
  private List<String> grid = List.of();

  @Option(
      names = "--mean-runs",
      paramLabel = "N",
      description = "Runs on average (${DEFAULT-VALUE}).")
  private double meanRuns = 8;

  @Option(
      names = "--runs",
      description =
          "What their number is drawn from: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}). With"
              + " POISSON there can be none; GEOMETRIC has at least one.")
  private RandomStopping.Rule runs = RandomStopping.Rule.POISSON;

  @Option(names = "--json", description = "Prints the result as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    if (!(meanRuns >= 1)) {
      throw new UserInputException("--mean-runs: found " + meanRuns + "; give at least 1.");
    }
    PrintWriter out = spec.commandLine().getOut();
    TuneRecipe recipe =
        TuneRecipe.of(options.config(), values(), new RandomStopping(runs, meanRuns));
    TuneRecipe.Plan plan = recipe.plan();
    PrintWriter err = spec.commandLine().getErr();
    err.print(plan.toText());
    err.flush();
    Optional<FinetuneResult> best;
    try (ConsoleListener listener = new ConsoleListener(err)) {
      try {
        best = recipe.run(listener);
      } catch (UserInputException e) {
        if (!listener.stopRequested()) {
          throw e;
        }
        err.println(e.getMessage());
        return listener.exitCode();
      }
    }
    if (!json) {
      out.println(
          best.map(FinetuneResult::statement)
              .orElse("The number of runs came out as none, so nothing is released."));
    }
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("released", best.isPresent());
    figures.put("folder", recipe.output().toString());
    figures.put("settings", plan.settings());
    figures.put("runs", runs.name().toLowerCase(Locale.ROOT));
    figures.put("mean_runs", meanRuns);
    figures.put("epsilon", plan.run().epsilon());
    figures.put("delta", plan.run().delta());
    Output.print(out, json, figures);
    return 0;
  }

  private Map<String, List<String>> values() {
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (String entry : grid) {
      int equals = entry.indexOf('=');
      if (equals < 1 || equals == entry.length() - 1) {
        throw new UserInputException(
            "--grid: found '"
                + entry
                + "'; give a key and its values, such as"
                + " learning_rate=0.001|0.003.");
      }
      List<String> of = Arrays.asList(entry.substring(equals + 1).split("\\|"));
      if (values.put(entry.substring(0, equals), of) != null) {
        throw new UserInputException(
            "--grid: " + entry.substring(0, equals) + " is given twice; put its values together.");
      }
    }
    return values;
  }
}
