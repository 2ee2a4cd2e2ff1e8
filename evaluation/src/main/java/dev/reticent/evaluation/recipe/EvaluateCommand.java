package dev.reticent.evaluation.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.api.Internal;
import dev.reticent.cli.ConfigOptions;
import dev.reticent.cli.ProgressLines;
import dev.reticent.cli.Subcommand;
import dev.reticent.evaluation.judge.Judge;
import dev.reticent.evaluation.report.Evaluation;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Grades answers. */
@Command(
    name = "evaluate",
    description =
        "Grades answers of base, fine-tuned and privately fine-tuned models with a judge.",
    footer = {
      "Exits with 1 when more rows than max_unscored allows have no grade.",
      "",
      "For example:",
      "  ./reticent evaluate configs/evaluate.yaml",
      "More: docs/evaluation.md"
    },
    mixinStandardHelpOptions = true)
@Internal
public final class EvaluateCommand implements Subcommand {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOptions options = new ConfigOptions();

  @Option(names = "--dry-run", description = "Says what the judge would cost, and asks nothing.")
  private boolean dryRun;

  @Option(names = "--json", description = "Prints the results as JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    EvaluationRecipe recipe = EvaluationRecipe.of(options.config());
    PrintWriter out = spec.commandLine().getOut();
    Evaluation evaluation;
    try (Console console = new Console(new ProgressLines(spec.commandLine().getErr()))) {
      if (dryRun) {
        estimate(out, recipe.dryRun(console));
        return 0;
      }
      evaluation = recipe.run(console);
    }
    Path folder = recipe.config().savingDir();
    out.println(Files.readString(folder.resolve(json ? "summary.json" : "summary.md")).strip());
    if (!json) {
      out.println();
      out.println("The report is " + folder.resolve("report.html"));
    }
    evaluation.problem().ifPresent(problem -> spec.commandLine().getErr().println(problem));
    return evaluation.problem().isPresent() ? 1 : 0;
  }

  private void estimate(PrintWriter out, Map<String, Judge.Estimate> estimates)
      throws JsonProcessingException {
    if (json) {
      out.println(new ObjectMapper().writeValueAsString(estimates));
      return;
    }
    double likely = 0;
    double most = 0;
    for (Map.Entry<String, Judge.Estimate> entry : estimates.entrySet()) {
      Judge.Estimate e = entry.getValue();
      likely += e.likelyCost();
      most += e.mostCost();
      out.printf(
          Locale.ROOT,
          "%-60s %6d requests, about %9d tokens, cost about %.4f, at most %.4f%n",
          entry.getKey(),
          e.requests(),
          e.likelyTokens(),
          e.likelyCost(),
          e.mostCost());
    }
    out.printf(Locale.ROOT, "In all: cost about %.4f, at most %.4f%n", likely, most);
  }

  /** Notices as lines, progress as a bar for each part. */
  private record Console(ProgressLines lines) implements EvaluationListener, AutoCloseable {
    @Override
    public void notice(String message) {
      lines.say(message);
    }

    @Override
    public void progress(String what, int done, int total) {
      lines.progressed(what, done, total);
    }

    @Override
    public void close() {
      lines.close();
    }
  }
}
