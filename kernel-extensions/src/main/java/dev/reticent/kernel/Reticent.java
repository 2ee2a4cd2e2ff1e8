package dev.reticent.kernel;

import dev.reticent.audit.SelfTest;
import dev.reticent.audit.SelfTestReport;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.evaluation.recipe.EvaluationListener;
import dev.reticent.evaluation.recipe.EvaluationRecipe;
import dev.reticent.plan.FinetunePlan;
import dev.reticent.plan.Suggestion;
import dev.reticent.recipe.DPFinetuningRecipe;
import dev.reticent.recipe.SampleRecipe;
import dev.reticent.run.Progress;
import dev.reticent.serving.SamplingServer;
import dev.reticent.serving.ServeRecipe;
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
  private static final HeldModel HELD = new HeldModel();

  private static Optional<Kernel> kernel = Optional.empty();
  private static Optional<FinetuneSession> session = Optional.empty();
  private static Optional<FinetuneRun> lastRun = Optional.empty();
  private static Optional<SampleTable> lastAnswers = Optional.empty();
  private static Optional<GradeReport> lastReport = Optional.empty();
  private static Optional<SamplingServer> server = Optional.empty();

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
    unload();
    FinetuneSession next = new FinetuneSession(config);
    session = Optional.of(next);
    FinetuneRun run = next.run(kernel(), rerun);
    lastRun = Optional.of(run);
    return run;
  }

  /**
   * Answers the config's prompts and writes them as JSONL and CSV. The model stays loaded for the
   * next call, until another base is asked for, {@link #unload()}, or what needs the memory itself:
   * {@link #finetune(Config)}, {@link #evaluate}, {@link #serve} and {@link #selfTest(Config)}.
   */
  public static SampleTable sample(Config config) {
    return sample(config, (what, done, total) -> {});
  }

  static SampleTable sample(Config config, Progress progress) {
    SampleRecipe recipe = SampleRecipe.of(config);
    SampleTable table =
        new SampleTable(HELD.use(config, progress, model -> recipe.run(model, progress)));
    lastAnswers = Optional.of(table);
    return table;
  }

  /** Gives back the memory of the model that {@link #sample} keeps. */
  public static void unload() {
    HELD.release();
  }

  /** Has models answer and a judge grade, as {@code ./reticent evaluate} does. */
  public static GradeReport evaluate(Config config) {
    return evaluate(config, new EvaluationListener() {});
  }

  static GradeReport evaluate(Config config, EvaluationListener listener) {
    EvaluationRecipe recipe = EvaluationRecipe.of(config);
    unload();
    GradeReport report = new GradeReport(recipe.run(listener), recipe.config().savingDir());
    lastReport = Optional.of(report);
    return report;
  }

  /**
   * Serves models until it is closed or the kernel ends, as {@code ./reticent serve} does. A server
   * that this notebook started before is closed first.
   */
  public static synchronized SamplingServer serve(Config config) {
    ServeRecipe recipe = ServeRecipe.of(config);
    unload();
    server.ifPresentOrElse(SamplingServer::close, Reticent::closeServerAtTheEnd);
    server = Optional.of(recipe.start());
    return server.get();
  }

  private static void closeServerAtTheEnd() {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> server.ifPresent(SamplingServer::close), "stop-serving"));
  }

  /** Holds the guarantee's premises against the real training step, on 16 units of the data. */
  public static SelfTestReport selfTest(Config config) {
    return selfTest(config, 16);
  }

  /**
   * Tests a config with {@link #selfTest(Config)} on another number of units.
   *
   * @param units how many privacy units to test with
   */
  public static SelfTestReport selfTest(Config config, int units) {
    return selfTest(config, units, (what, done, total) -> {});
  }

  static SelfTestReport selfTest(Config config, int units, Progress progress) {
    SelfTest test = SelfTest.of(config);
    unload();
    return test.run(units, progress);
  }

  /** What a run would do and cost. */
  public static FinetunePlan plan(Config config) {
    return plan(config, (what, done, total) -> {});
  }

  static FinetunePlan plan(Config config, Progress progress) {
    return DPFinetuningRecipe.of(config).plan(progress);
  }

  /** What a run of so many privacy units will do and cost; reads no data. */
  public static FinetunePlan plan(Config config, int units) {
    return DPFinetuningRecipe.of(config).plan(units);
  }

  /** A config with the batch and the steps of the least noise for its ε; reads no data. */
  public static Suggestion suggest(Config config, int units) {
    return Suggestion.of(config, plan(config, units));
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

  /** The last evaluation of this notebook. */
  public static GradeReport lastReport() {
    return lastReport.orElseThrow(
        () -> new UserInputException("nothing was evaluated in this notebook yet."));
  }

  /** The server that this notebook started last. */
  public static SamplingServer lastServer() {
    return server.orElseThrow(
        () -> new UserInputException("nothing was served in this notebook yet."));
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
    HELD.name().ifPresent(name -> rows.add(List.of("loaded for %%sample", name)));
    server.ifPresent(one -> rows.add(List.of("served last at", one.uri() + "v1")));
    for (TensorBoards.Server board : BOARDS.running()) {
      rows.add(List.of("TensorBoard", board.address() + " shows " + board.folder()));
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

  /**
   * A magic with the keys of its YAML, or one key.
   *
   * @param name such as {@code finetune} or {@code lora.lora_rank}
   */
  public static Display help(String name) {
    return MagicHelp.of(name, Magics.all());
  }

  /** The magics, and the same in Java. */
  public static Display help() {
    return MagicHelp.table(Magics.all());
  }
}
