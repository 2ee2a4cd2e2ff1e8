package dev.reticent.cli;

import dev.reticent.recipe.QuickstartRecipe;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The whole way on the embedded model. */
@Command(
    name = "quickstart",
    description =
        "Fine-tunes the embedded model with differential privacy and shows what it learnt.",
    mixinStandardHelpOptions = true)
final class QuickstartCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--folder", paramLabel = "DIR", description = "Where the run goes.")
  private Optional<Path> folder = Optional.empty();

  @Parameters(
      paramLabel = "key=value",
      description = "Settings that replace those of configs/quickstart.yaml.")
  private List<String> overrides = List.of();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Path run =
        folder.orElseGet(
            () ->
                Path.of(
                    "runs",
                    "quickstart-"
                        + LocalDateTime.now(java.time.ZoneId.systemDefault())
                            .format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT))));
    QuickstartRecipe.Report report;
    try (ConsoleListener listener = new ConsoleListener(spec.commandLine().getErr())) {
      report = new QuickstartRecipe(run, overrides).run(listener);
    }
    out.println();
    out.println("Held-out questions");
    for (QuickstartRecipe.Example example : report.examples()) {
      out.println("  " + example.question());
      out.println("    expected  " + example.answer());
      out.println("    before    " + firstLine(example.before()));
      out.println("    after     " + firstLine(example.after()));
    }
    out.printf(
        Locale.ROOT,
        "%nExact match on %d held-out questions: %.1f %% before, %.1f %% after%n",
        report.heldOut(),
        100 * report.exactMatchBefore(),
        100 * report.exactMatchAfter());
    out.printf(
        Locale.ROOT,
        "Held-out loss (nats a token): %.3f before, %.3f after%n%n",
        report.result().lossBefore(),
        report.result().lossAfter());
    out.println(report.result().statement());
    out.println("The run is in " + run);
    out.println("See it with: tensorboard --logdir " + run.resolve("tensorboard"));
    return 0;
  }

  private static String firstLine(String text) {
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end) + " …";
  }
}
