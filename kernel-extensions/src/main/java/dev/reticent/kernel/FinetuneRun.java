package dev.reticent.kernel;

import dev.reticent.run.FinetuneResult;
import dev.reticent.run.TradeOffChart;

/** A run made in this notebook: its result, and the curves of the steps taken here. */
public final class FinetuneRun {

  private final FinetuneResult result;
  private final RunCurves curves;

  FinetuneRun(FinetuneResult result, RunProgress progress) {
    this.result = result;
    this.curves =
        new RunCurves(
            result.plan(), result.lossesMayBeShown(), progress.steps(), progress.evaluations());
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
    return curves
        .loss()
        .map(Display::chart)
        .orElseGet(
            () ->
                Views.text(
                    "No loss of this run is covered by ε. privacy.loss_curve: 0.1 adds one that"
                        + " is; rawLossChart() draws the raw loss, which is not private and is"
                        + " saved with the notebook."));
  }

  /**
   * The loss before noise, and the held-out loss: not private, and saved with the notebook until
   * the cell's output is cleared.
   */
  public Display rawLossChart() {
    return Display.chart(curves.rawLoss());
  }

  /** ε spent by step, beside the budget. */
  public Display epsilonChart() {
    return Display.chart(curves.epsilon());
  }

  /**
   * What the best test can do that asks of the run's weights whether a row was used; words where
   * nothing is promised.
   */
  public Display tradeOffChart() {
    return result
        .decisions()
        .map(TradeOffChart::of)
        .map(Display::chart)
        .orElseGet(
            () -> Views.text("Nothing is promised of this run, so any test may be right always."));
  }

  /** The held-out loss whenever it was measured; words where it may not be shown. */
  public Display evaluations() {
    return curves
        .table()
        .orElseGet(
            () ->
                Views.text(
                    "There is no evaluation that may be shown: evaluation rows are private unless"
                        + " dataset.evaluation says public."));
  }

  /** The result as a table, with its evaluations and its privacy statement. */
  public Display display() {
    Display table = Views.result(result);
    return curves
        .table()
        .map(
            evaluations ->
                Display.html(
                    table.html() + evaluations.html(), table.text() + "\n\n" + evaluations.text()))
        .orElse(table);
  }
}
