package dev.reticent.cli;

import dev.reticent.plan.FinetunePlan;
import dev.reticent.run.FinetuneListener;
import dev.reticent.training.StepReport;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;

/** Shows a fine-tuning run on a terminal: plan, notices, a bar with loss and ε. */
final class ConsoleListener implements FinetuneListener, AutoCloseable {

  private final PrintWriter err;
  private Optional<ProgressBar> bar = Optional.empty();
  private boolean isPrivate;

  ConsoleListener(PrintWriter err) {
    this.err = err;
  }

  @Override
  public void planned(FinetunePlan plan) {
    isPrivate = plan.isPrivate();
    err.println("Plan");
    err.print(plan.toText());
    err.flush();
    bar = Optional.of(ProgressBar.start("training", plan.steps()));
  }

  @Override
  public void notice(String message) {
    err.println(message);
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
    bar.ifPresent(b -> b.update(report.step(), text));
  }

  @Override
  public void close() {
    bar.ifPresent(ProgressBar::close);
  }
}
