package dev.reticent.kernel;

import dev.reticent.plan.FinetunePlan;
import dev.reticent.run.FinetuneResult;
import dev.reticent.training.StepReport;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** A run made in this notebook: its result, and the curves of the steps taken here. */
public final class FinetuneRun {

  private final FinetuneResult result;
  private final List<StepReport> steps;
  private final List<RunProgress.Evaluation> evaluations;

  FinetuneRun(FinetuneResult result, RunProgress progress) {
    this.result = result;
    this.steps = progress.steps();
    this.evaluations = progress.evaluations();
  }

  /** What the run left. */
  public FinetuneResult result() {
    return result;
  }

  /**
   * Training loss by step, and held-out loss. The training loss is computed before noise and not
   * covered by ε.
   */
  public Display lossChart() {
    List<LineChart.Series> lines = new ArrayList<>();
    lines.add(series("training loss (private)", StepReport::loss));
    lines.add(
        new LineChart.Series(
            "held-out loss",
            evaluations.stream().map(at -> new LineChart.Point(at.step(), at.loss())).toList(),
            true));
    return new LineChart("loss", "step", lines).display();
  }

  /** ε spent by step, beside the budget. */
  public Display epsilonChart() {
    FinetunePlan plan = result.plan();
    List<LineChart.Series> lines = new ArrayList<>();
    lines.add(series("ε spent", StepReport::epsilonSpent));
    if (Double.isFinite(plan.budget())) {
      lines.add(
          new LineChart.Series(
              "budget",
              List.of(
                  new LineChart.Point(0, plan.budget()),
                  new LineChart.Point(plan.steps(), plan.budget())),
              true));
    }
    return new LineChart("privacy spent", "step", lines).display();
  }

  private LineChart.Series series(String name, ToDoubleFunction<StepReport> value) {
    return new LineChart.Series(
        name,
        steps.stream().map(at -> new LineChart.Point(at.step(), value.applyAsDouble(at))).toList(),
        false);
  }

  /** The result as a table, with its privacy statement. */
  public Display display() {
    return Views.result(result);
  }
}
