package dev.reticent.kernel;

import dev.reticent.plan.FinetunePlan;
import dev.reticent.run.FinetuneListener;
import dev.reticent.run.FinetuneResult;
import dev.reticent.training.StepReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What is known of a run while it goes on, and its one display: drawn again at most ten times a
 * second, and always at the end. Safe for use by the run's thread and the cell's.
 */
final class RunProgress implements FinetuneListener {

  private static final long REDRAW_NANOS = 100_000_000L;
  private static final long CURVES_NANOS = 2_000_000_000L;
  private static final double SMOOTHING = 0.1;

  /** A held-out loss after so many steps. */
  record Evaluation(int step, double loss) {}

  /** What goes on beside steps, and how far it has come; a total of 0 where nobody counts. */
  record Work(String what, int done, int total) {}

  private final Path folder;
  private final boolean evaluationIsPublic;
  private final List<StepReport> steps = new ArrayList<>();
  private final List<Evaluation> evaluations = new ArrayList<>();
  private final List<String> notices = new ArrayList<>();
  private Optional<FinetunePlan> plan = Optional.empty();
  private Optional<FinetuneResult> result = Optional.empty();
  private String failure = "";
  private Phase phase = Phase.STARTING;
  private Work work = new Work("loading the model", 0, 0);
  private double stepSeconds;
  private double tokensPerSecond;
  private long drawnNanos = System.nanoTime() - REDRAW_NANOS;
  private long curvesNanos = System.nanoTime() - CURVES_NANOS;
  private Consumer<Display> screen = display -> {};
  private Consumer<Display> curvesScreen = display -> {};

  RunProgress(Path folder, boolean evaluationIsPublic) {
    this.folder = folder;
    this.evaluationIsPublic = evaluationIsPublic;
  }

  /** Where to draw from now on: how far the run is, and its curves. */
  synchronized void drawOn(Consumer<Display> display, Consumer<Display> curves) {
    screen = display;
    curvesScreen = curves;
  }

  @Override
  public synchronized void planned(FinetunePlan planned) {
    plan = Optional.of(planned);
    draw(true);
  }

  @Override
  public synchronized void phase(String what) {
    work = new Work(what, 0, 0);
    draw(true);
  }

  @Override
  public synchronized void progressed(String what, int done, int total) {
    boolean begins = !work.what().equals(what);
    work = new Work(what, done, total);
    draw(begins);
  }

  @Override
  public synchronized void notice(String message) {
    notices.add(message);
    draw(false);
  }

  @Override
  public synchronized void step(StepReport report) {
    double weight = steps.isEmpty() ? 1 : SMOOTHING;
    stepSeconds += weight * (report.seconds() - stepSeconds);
    tokensPerSecond += weight * (report.tokens() / report.seconds() - tokensPerSecond);
    steps.add(report);
    if (phase == Phase.STARTING) {
      become(Phase.TRAINING);
    } else {
      draw(false);
    }
    drawCurves(false);
  }

  @Override
  public synchronized void evaluated(int step, double loss) {
    evaluations.add(new Evaluation(step, loss));
    drawCurves(false);
  }

  @Override
  public synchronized boolean stopRequested() {
    return phase == Phase.STOPPING;
  }

  /** Asks the run to end after the step it is in, and says so at once. */
  synchronized void stop() {
    if (!phase.ended()) {
      become(Phase.STOPPING);
    }
  }

  synchronized void ended(FinetuneResult outcome) {
    result = Optional.of(outcome);
    become(
        switch (outcome.outcome()) {
          case FINISHED -> Phase.FINISHED;
          case BUDGET_REACHED -> Phase.BUDGET_REACHED;
          case INTERRUPTED -> Phase.STOPPED;
        });
  }

  synchronized void failed(Throwable cause) {
    // While the cell waits, it says itself why.
    failure = phase == Phase.STOPPING ? String.valueOf(cause.getMessage()) : "";
    become(Phase.FAILED);
  }

  private void become(Phase next) {
    phase = next;
    if (next.ended()) {
      drawCurves(true);
    }
    draw(true);
  }

  private void drawCurves(boolean now) {
    boolean due = now || System.nanoTime() - curvesNanos >= CURVES_NANOS;
    if (due && plan.isPresent() && !steps.isEmpty()) {
      curvesScreen.accept(
          new RunCurves(plan.get(), evaluationIsPublic, steps, evaluations).together());
      curvesNanos = System.nanoTime();
    }
  }

  private void draw(boolean now) {
    if (now || System.nanoTime() - drawnNanos >= REDRAW_NANOS) {
      drawnNanos = System.nanoTime();
      screen.accept(display());
    }
  }

  synchronized Display display() {
    return ProgressView.of(this);
  }

  Path folder() {
    return folder;
  }

  synchronized Phase phase() {
    return phase;
  }

  synchronized Work work() {
    return work;
  }

  synchronized Optional<FinetunePlan> plan() {
    return plan;
  }

  synchronized Optional<FinetuneResult> result() {
    return result;
  }

  synchronized String failure() {
    return failure;
  }

  synchronized List<StepReport> steps() {
    return List.copyOf(steps);
  }

  synchronized Optional<StepReport> lastStep() {
    return steps.isEmpty() ? Optional.empty() : Optional.of(steps.get(steps.size() - 1));
  }

  synchronized List<Evaluation> evaluations() {
    return List.copyOf(evaluations);
  }

  synchronized List<String> notices() {
    return List.copyOf(notices);
  }

  /** Seconds that are left, by the pace of late steps. */
  synchronized double secondsLeft() {
    return lastStep().map(last -> (last.totalSteps() - last.step()) * stepSeconds).orElse(0.0);
  }

  synchronized double tokensPerSecond() {
    return tokensPerSecond;
  }
}
