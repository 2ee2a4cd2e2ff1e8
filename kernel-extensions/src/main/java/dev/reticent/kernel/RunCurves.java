package dev.reticent.kernel;

import dev.reticent.chart.LineChart;
import dev.reticent.plan.FinetunePlan;
import dev.reticent.training.StepReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Loss and ε of a run by step. What a cell shows is saved with the notebook, so of a private run
 * there is only what its ε covers, unless the raw loss is asked for by name.
 *
 * @param evaluationIsPublic whether held-out losses are of public rows
 */
record RunCurves(
    FinetunePlan plan,
    boolean evaluationIsPublic,
    List<StepReport> steps,
    List<RunProgress.Evaluation> evaluations) {

  private static final int HALF = 420;

  RunCurves {
    steps = List.copyOf(steps);
    evaluations = List.copyOf(evaluations);
  }

  private boolean showsEvaluations() {
    return !plan.isPrivate() || evaluationIsPublic;
  }

  /** The loss as far as it may be shown; empty where none may. */
  Optional<LineChart> loss() {
    if (!plan.isPrivate()) {
      return Optional.of(rawLoss());
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
    if (showsEvaluations() && !evaluations.isEmpty()) {
      lines.add(heldOut());
    }
    return lines.isEmpty() ? Optional.empty() : Optional.of(new LineChart("loss", "step", lines));
  }

  /** The loss before noise, and the held-out loss whatever its rows are. */
  LineChart rawLoss() {
    String note = plan.isPrivate() ? " (not private)" : "";
    return new LineChart(
        "loss", "step", List.of(series("training loss" + note, StepReport::loss), heldOut()));
  }

  private LineChart.Series heldOut() {
    return new LineChart.Series(
        "held-out loss" + (showsEvaluations() ? "" : " (not private)"),
        evaluations.stream().map(at -> new LineChart.Point(at.step(), at.loss())).toList(),
        true);
  }

  /** ε spent, beside the budget. */
  LineChart epsilon() {
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
    return new LineChart("privacy spent", "step", lines);
  }

  private LineChart.Series series(String name, ToDoubleFunction<StepReport> value) {
    return new LineChart.Series(
        name,
        steps.stream().map(at -> new LineChart.Point(at.step(), value.applyAsDouble(at))).toList(),
        false);
  }

  /** Stands where the curves will be. */
  static Display ahead() {
    return Views.text("Its curves are drawn here from the first step on.");
  }

  /** All that may be shown, as one chart. */
  Display together() {
    List<LineChart> charts = new ArrayList<>();
    loss().ifPresent(charts::add);
    if (plan.isPrivate()) {
      charts.add(epsilon());
    }
    return new ChartsBeside(
            charts.stream().map(c -> new LineChart(c.title(), c.x(), c.series(), HALF)).toList())
        .display();
  }

  /** Evaluations with the ε that had been spent; empty where they may not be shown. */
  Optional<Display> table() {
    if (!showsEvaluations() || evaluations.isEmpty()) {
      return Optional.empty();
    }
    List<String> head = new ArrayList<>(List.of("after step", "held-out loss", "perplexity"));
    if (plan.isPrivate()) {
      head.add("ε spent");
    }
    List<List<String>> rows = new ArrayList<>();
    for (RunProgress.Evaluation at : evaluations) {
      List<String> row = new ArrayList<>();
      row.add(Views.integer(at.step()));
      row.add(Views.number(at.loss()));
      row.add(Views.number(Math.exp(at.loss())));
      if (plan.isPrivate()) {
        row.add(spent(at.step()));
      }
      rows.add(row);
    }
    return Optional.of(Views.table("Evaluations", head, rows));
  }

  private String spent(int step) {
    return steps.stream()
        .filter(report -> report.step() == step)
        .findFirst()
        .map(report -> Views.number(report.epsilonSpent()))
        .orElse(step == 0 ? "0" : "");
  }
}
