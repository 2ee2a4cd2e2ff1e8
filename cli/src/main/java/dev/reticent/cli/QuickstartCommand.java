package dev.reticent.cli;

import dev.reticent.recipe.QuickstartRecipe;
import dev.reticent.training.Trainer;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
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
    footer = {"", "For example:", "  ./reticent quickstart", "More: docs/quickstart.md"},
    mixinStandardHelpOptions = true)
final class QuickstartCommand implements Callable<Integer> {
  private static final Path USUAL = Path.of("runs", "quickstart");

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
    Path run = folder.orElseGet(QuickstartCommand::freeFolder);
    QuickstartRecipe.Report report;
    try (ConsoleListener listener = new ConsoleListener(spec.commandLine().getErr())) {
      report = new QuickstartRecipe(run, overrides).run(listener);
      if (report.result().outcome() == Trainer.Outcome.INTERRUPTED) {
        out.println(report.result().statement());
        out.println("Go on with: " + again(run));
        return listener.exitCode();
      }
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
    out.println();
    out.println("Next:");
    next(run).forEach(command -> out.println("  " + command));
    return 0;
  }

  private String again(Path run) {
    List<String> words = new ArrayList<>(List.of("./reticent quickstart --folder", run.toString()));
    words.addAll(overrides);
    return String.join(" ", words);
  }

  /** {@code runs/quickstart}, which the configs name, unless there is one already. */
  private static Path freeFolder() {
    if (!Files.exists(USUAL)) {
      return USUAL;
    }
    LocalDateTime now = LocalDateTime.now(ZoneId.systemDefault());
    return Path.of(
        USUAL + "-" + now.format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT)));
  }

  /** The commands that work now, word for word. */
  static List<String> next(Path run) {
    boolean usual = run.equals(USUAL);
    String here = usual ? "" : " checkpoint_path=" + run;
    Path root = Optional.ofNullable(run.getParent()).orElse(Path.of("."));
    String served = usual ? "" : " adapters_root=" + root + " adapters=[" + run.getFileName() + "]";
    return List.of(
        "./reticent sample configs/sample.yaml" + here,
        "./reticent serve configs/serve.yaml" + served,
        "./reticent finetune configs/quickstart-non-private.yaml",
        "./reticent evaluate configs/evaluate.yaml" + (usual ? "" : " dp.checkpoint_path=" + run));
  }

  private static String firstLine(String text) {
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end) + " …";
  }
}
