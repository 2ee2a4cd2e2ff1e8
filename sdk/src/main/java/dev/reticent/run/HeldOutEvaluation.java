package dev.reticent.run;

import dev.reticent.data.TokenizedExample;
import dev.reticent.privacy.EvaluationData;
import dev.reticent.training.Crew;
import dev.reticent.training.HeldOutLoss;
import java.util.List;

/** The loss on held-out rows, logged where its rows allow. */
final class HeldOutEvaluation {

  private static final int ROWS = 500;

  private final RunInputs in;
  private final Crew crew;
  private final RunLogs logs;
  private final List<TokenizedExample> rows;

  HeldOutEvaluation(RunInputs in, Crew crew, RunLogs logs) {
    this.in = in;
    this.crew = crew;
    this.logs = logs;
    List<TokenizedExample> heldOut = in.data().heldOut();
    this.rows = heldOut.subList(0, Math.min(ROWS, heldOut.size()));
  }

  boolean hasRows() {
    return !rows.isEmpty();
  }

  /** The mean loss after so many steps; NaN when nothing is held out. */
  double at(int step) {
    if (rows.isEmpty()) {
      return Double.NaN;
    }
    crew.announce("held-out loss after step " + step);
    double loss = HeldOutLoss.mean(rows, crew);
    logs.evaluated(step, loss, in.config().dataset().evaluation() == EvaluationData.PUBLIC);
    in.listener().evaluated(step, loss);
    return loss;
  }
}
