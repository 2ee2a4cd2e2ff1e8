package dev.reticent.cli;

import dev.reticent.plan.FinetunePlan;
import dev.reticent.run.FinetuneListener;
import dev.reticent.training.StepReport;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;

/**
 * Shows a fine-tuning run on a terminal: phases, plan, notices, a bar with loss and ε. From the
 * first step on, Ctrl-C ends the run after the step it is in.
 */
final class ConsoleListener implements FinetuneListener, AutoCloseable {

  private static final int INTERRUPTED = 130;

  private final PrintWriter err;
  private final ProgressLines lines;
  private Optional<ProgressBar> training = Optional.empty();
  private Optional<CtrlC> ctrlC = Optional.empty();
  private boolean isPrivate;

  ConsoleListener(PrintWriter err) {
    this(err, new ProgressLines(err));
  }

  /**
   * @param lines for phases and what takes long within them
   */
  ConsoleListener(PrintWriter err, ProgressLines lines) {
    this.err = err;
    this.lines = lines;
  }

  @Override
  public void phase(String what) {
    endTraining();
    lines.phase(what);
  }

  @Override
  public void progressed(String what, int done, int total) {
    endTraining();
    lines.progressed(what, done, total);
  }

  @Override
  public void planned(FinetunePlan plan) {
    isPrivate = plan.isPrivate();
    endTraining();
    lines.close();
    err.println("Plan");
    err.print(plan.toText());
    err.flush();
    if (ctrlC.isEmpty()) {
      ctrlC = Optional.of(CtrlC.listen(this::sayStopping));
    }
  }

  private void sayStopping() {
    err.println();
    err.println(
        "Ending after this step, with checkpoint and statement; Ctrl-C again ends at once.");
    err.flush();
  }

  @Override
  public void notice(String message) {
    endTraining();
    lines.say(message);
  }

  @Override
  public void step(StepReport report) {
    String detail =
        report.batchSize() == 0
            ? "empty batch, noise only"
            : String.format(
                Locale.ROOT, "loss %.3f%s", report.loss(), isPrivate ? " (not private)" : "");
    if (isPrivate) {
      detail += String.format(Locale.ROOT, ", ε %.3f", report.epsilonSpent());
    }
    String text = detail;
    if (training.isEmpty()) {
      lines.close();
      training = Optional.of(ProgressBar.start("training", report.totalSteps()));
    }
    training.ifPresent(bar -> bar.update(report.step(), text));
  }

  @Override
  public boolean stopRequested() {
    return ctrlC.filter(CtrlC::pressed).isPresent();
  }

  /** What the process ends with when the run was interrupted. */
  int exitCode() {
    return ctrlC.map(CtrlC::exitCode).orElse(INTERRUPTED);
  }

  private void endTraining() {
    training.ifPresent(ProgressBar::close);
    training = Optional.empty();
  }

  @Override
  public void close() {
    endTraining();
    lines.close();
    ctrlC.ifPresent(CtrlC::close);
  }
}
