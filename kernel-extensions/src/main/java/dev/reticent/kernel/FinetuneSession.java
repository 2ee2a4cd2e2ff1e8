package dev.reticent.kernel;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.privacy.EvaluationData;
import dev.reticent.recipe.DPFinetuningRecipe;
import dev.reticent.run.FinetuneResult;
import dev.reticent.settings.FinetuneConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * One run, on a thread of its own.
 *
 * <p>Stop interrupts the cell's thread at any moment, and an interrupted thread cannot write files:
 * the run would lose the ledger's line in the middle of a step. So the cell only waits, and passes
 * the wish on; the run ends after its step and saves its checkpoint.
 */
final class FinetuneSession {

  private final Config config;
  private final RunProgress progress;
  private final Thread thread = new Thread(this::work, "reticent-finetune");
  private Optional<FinetuneResult> result = Optional.empty();
  private Optional<Throwable> failure = Optional.empty();

  FinetuneSession(Config config) {
    this.config = config;
    FinetuneConfig settings = FinetuneConfig.of(config);
    this.progress =
        new RunProgress(
            settings.savingDir(), settings.dataset().evaluation() == EvaluationData.PUBLIC);
  }

  RunProgress progress() {
    return progress;
  }

  /** Moves the folder of an earlier run out of the way; where to. */
  static Optional<Path> moveAside(Path folder) {
    if (!Files.exists(folder.resolve("ledger.jsonl"))
        && !Files.exists(folder.resolve("config.yaml"))) {
      return Optional.empty();
    }
    String time =
        LocalDateTime.now(ZoneId.systemDefault())
            .format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS", Locale.ROOT));
    Path aside = folder.resolveSibling(folder.getFileName() + "-before-" + time);
    try {
      return Optional.of(Files.move(folder, aside));
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be moved to " + aside, e);
    }
  }

  /** Runs to the end and shows how it goes; a Stop ends the wait at once and the run soon after. */
  FinetuneRun run(Kernel kernel, Rerun rerun) {
    if (rerun == Rerun.FRESH) {
      moveAside(progress.folder())
          .ifPresent(
              aside ->
                  kernel.show(
                      Views.text(
                          "The earlier run is in "
                              + aside
                              + "; what it spent on the same data adds to what this one spends.")));
    }
    progress.drawOn(
        kernel.live(progress.display())::update, kernel.live(RunCurves.ahead())::update);
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      progress.stop();
      Thread.currentThread().interrupt();
      throw new CancellationException("stopped; the run ends with what it is doing");
    }
    failure.ifPresent(FinetuneSession::rethrow);
    return new FinetuneRun(result.orElseThrow(), progress);
  }

  private void work() {
    try {
      FinetuneResult done = DPFinetuningRecipe.of(config).run(progress);
      result = Optional.of(done);
      progress.ended(done);
    } catch (RuntimeException | Error e) {
      failure = Optional.of(e);
      progress.failed(e);
    }
  }

  /** Lets a run that was told to stop come to its end. */
  void await() {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("stopped while an earlier run was ending");
    }
  }

  private static void rethrow(Throwable cause) {
    if (cause instanceof UserInputException wrong) {
      throw wrong;
    }
    throw new IllegalStateException("the run failed: " + cause.getMessage(), cause);
  }
}
