package dev.reticent.kernel;

import dev.reticent.chart.LineChart;
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
   * The loss by step: of a private run the estimate that its noise covers, which {@code
   * privacy.loss_curve} asks for, and the held-out loss on public rows. What a cell shows is saved
   * with the notebook.
   */
  public Display lossChart() {
    if (!result.plan().isPrivate()) {
      return rawLossChart();
    }
    List<LineChart.Series> lines = new ArrayList<>();
    List<LineChart.Point> noised =
        steps.stream()
            .flatMap(
                at ->
                    at.curve().stream()
                        .map(estimate -> new LineChart.Point(at.step(), estimate.loss())))
            .toList();
    if (!noised.isEmpty()) {
      lines.add(new LineChart.Series("training loss (private)", noised, false));
    }
    if (result.lossesMayBeShown()) {
      lines.add(heldOut());
    }
    return lines.isEmpty()
        ? Views.text(
            "No loss of this run is covered by ε. privacy.loss_curve: 0.1 adds one that is;"
                + " rawLossChart() draws the raw loss, which is not private and is saved with the"
                + " notebook.")
        : Display.chart(new LineChart("loss", "step", lines));
  }

  /**
   * The loss before noise, and the held-out loss: not private, and saved with the notebook until
   * the cell's output is cleared.
   */
  public Display rawLossChart() {
    String note = result.plan().isPrivate() ? " (not private)" : "";
    return Display.chart(
        new LineChart(
            "loss", "step", List.of(series("training loss" + note, StepReport::loss), heldOut())));
  }

  private LineChart.Series heldOut() {
    String note = result.lossesMayBeShown() ? "" : " (not private)";
    return new LineChart.Series(
        "held-out loss" + note,
        evaluations.stream().map(at -> new LineChart.Point(at.step(), at.loss())).toList(),
        true);
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
    return Display.chart(new LineChart("privacy spent", "step", lines));
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
