package dev.reticent.kernel;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.evaluation.recipe.EvaluationListener;
import dev.reticent.evaluation.recipe.EvaluationRecipe;
import dev.reticent.plan.FinetunePlan;
import dev.reticent.recipe.DPFinetuningRecipe;
import dev.reticent.recipe.SampleRecipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reticent in a notebook: what the magics do, in plain Java.
 *
 * <p>Without a kernel the same methods print text.
 */
public final class Reticent {

  private static final TensorBoards BOARDS = new TensorBoards();

  private static Optional<Kernel> kernel = Optional.empty();
  private static Optional<FinetuneSession> session = Optional.empty();
  private static Optional<FinetuneRun> lastRun = Optional.empty();
  private static Optional<SampleTable> lastAnswers = Optional.empty();

  private Reticent() {}

  /** Adds magics and displays to the kernel that runs; nothing happens the second time. */
  public static synchronized void install() {
    if (kernel.isEmpty()) {
      attach(Kernels.find());
    }
  }

  static synchronized void attach(Kernel found) {
    kernel = Optional.of(found);
    Magics.register(found);
    Views.register(found);
  }

  static synchronized Kernel kernel() {
    install();
    return kernel.orElseThrow();
  }

  /** Fine-tunes as a config says, going on with a run that is there. */
  public static FinetuneRun finetune(Config config) {
    return finetune(config, Rerun.RESUME);
  }

  /**
   * Fine-tunes as a config says, with one progress display.
   *
   * @throws UserInputException when config, model or data cannot be used
   * @throws java.util.concurrent.CancellationException when the cell is stopped; the run then ends
   *     after its step, with ledger and checkpoint in agreement
   */
  public static FinetuneRun finetune(Config config, Rerun rerun) {
    Optional<FinetuneSession> earlier = session;
    earlier.ifPresent(FinetuneSession::await);
    FinetuneSession next = new FinetuneSession(config);
    session = Optional.of(next);
    FinetuneRun run = next.run(kernel(), rerun);
    lastRun = Optional.of(run);
    return run;
  }

  /** Answers the config's prompts and writes them as JSONL and CSV. */
  public static SampleTable sample(Config config) {
    SampleTable table = new SampleTable(SampleRecipe.of(config).run());
    lastAnswers = Optional.of(table);
    return table;
  }

  /** Has models answer and a judge grade, as {@code ./reticent evaluate} does. */
  public static GradeReport evaluate(Config config) {
    EvaluationRecipe recipe = EvaluationRecipe.of(config);
    return new GradeReport(recipe.run(new EvaluationListener() {}), recipe.config().savingDir());
  }

  /** What a run would do and cost. */
  public static FinetunePlan plan(Config config) {
    return DPFinetuningRecipe.of(config).plan();
  }

  /** Shows something now, in the middle of a cell. */
  public static void show(Object value) {
    kernel().show(Views.of(value));
  }

  /** A value as HTML, for notebooks that have a function of their own to show it. */
  public static String html(Object value) {
    return Views.of(value).html();
  }

  /** Horizontal bars, one for each name. */
  public static Display bars(String title, Map<String, Double> values) {
    return new BarChart(title, values).display();
  }

  /** TensorBoard of a folder, started or found running, as a frame. */
  public static Display tensorboard(Path logs) {
    return tensorboard(logs, "");
  }

  /**
   * @param tagPattern a regular expression; the tags to show
   */
  public static Display tensorboard(Path logs, String tagPattern) {
    return TensorBoards.frame(BOARDS.serve(logs), tagPattern);
  }

  /** The last run that came to its end in this notebook. */
  public static FinetuneRun lastRun() {
    return lastRun.orElseThrow(
        () -> new UserInputException("no run has ended in this notebook yet; start one first."));
  }

  /** The last answers sampled in this notebook. */
  public static SampleTable lastAnswers() {
    return lastAnswers.orElseThrow(
        () -> new UserInputException("nothing was sampled in this notebook yet."));
  }

  /** The run at hand, the TensorBoards that run, and the JVM. */
  public static Display status() {
    List<List<String>> rows = new ArrayList<>();
    session.ifPresentOrElse(
        s -> {
          rows.add(List.of("run", s.progress().folder().toString()));
          rows.add(List.of("state", s.progress().display().text()));
        },
        () -> rows.add(List.of("run", "none yet")));
    for (TensorBoards.Server server : BOARDS.running()) {
      rows.add(List.of("TensorBoard", server.address() + " shows " + server.folder()));
    }
    Runtime jvm = Runtime.getRuntime();
    rows.add(
        List.of(
            "JVM",
            "Java %s, %d processors, heap of at most %,d MB"
                .formatted(
                    Runtime.version().feature(),
                    jvm.availableProcessors(),
                    jvm.maxMemory() >> 20)));
    return Views.table("Reticent", List.of(), rows);
  }

  /** The magics, and the same in Java. */
  public static Display help() {
    return Magics.help();
  }
}
