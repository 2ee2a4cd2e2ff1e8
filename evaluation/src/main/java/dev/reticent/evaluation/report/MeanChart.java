package dev.reticent.evaluation.report;

import dev.reticent.chart.Canvas;
import dev.reticent.chart.Canvas.Anchor;
import dev.reticent.chart.Chart;
import dev.reticent.evaluation.MeanEstimate;
import dev.reticent.evaluation.judge.Criterion;
import java.util.List;
import java.util.Locale;

/** Mean grades with their 95 % intervals, a line for each model and criterion. */
record MeanChart(Evaluation evaluation) implements Chart {
  private static final double LEFT = 310;
  private static final double SCALE_WIDTH = 440;
  private static final double ROW = 30;
  private static final double TOP = 84;

  @Override
  public String title() {
    return "Mean grades";
  }

  @Override
  public int width() {
    return 962;
  }

  @Override
  public int height() {
    double rows = evaluation.criteria().size() * (evaluation.models().size() + 1.2);
    return (int) (TOP + rows * ROW + 62);
  }

  @Override
  public void draw(Canvas canvas) {
    canvas.text(20, 32, "Mean grade", TITLE, Anchor.START);
    canvas.text(
        20, 53, "Scored rows only; the line is the bootstrap 95 % interval", SMALL, Anchor.START);
    double bottom = height() - 56;
    for (int grade = Criterion.LOWEST; grade <= Criterion.BEST; grade++) {
      canvas.line(x(grade), TOP - 14, x(grade), bottom, 1, GRID);
      canvas.text(x(grade), bottom + 18, "" + grade, LABEL, Anchor.MIDDLE);
    }
    double y = TOP;
    for (Criterion criterion : evaluation.criteria()) {
      canvas.text(20, y + 4, criterion.title(), PANEL, Anchor.START);
      y += ROW;
      for (int m = 0; m < evaluation.models().size(); m++) {
        row(canvas, y, criterion, m);
        y += ROW;
      }
      y += ROW * 0.2;
    }
    canvas.text(20, height() - 14, evaluation.gradedBy(), SMALL, Anchor.START);
  }

  private void row(Canvas canvas, double y, Criterion criterion, int m) {
    List<ModelResult> models = evaluation.models();
    canvas.text(LEFT - 14, y + 4, models.get(m).name(), LABEL, Anchor.END);
    GradeSummary summary = models.get(m).summaries().get(criterion);
    if (summary == null || summary.mean().isEmpty()) {
      canvas.text(x(Criterion.LOWEST) + 8, y + 4, "no grades", SMALL, Anchor.START);
      return;
    }
    MeanEstimate mean = summary.mean().get();
    String colour = ModelColours.colour(m, models);
    canvas.line(x(mean.low()), y, x(mean.high()), y, 3, colour);
    canvas.circle(x(mean.mean()), y, 5.5, colour);
    String figures =
        String.format(Locale.ROOT, "%.2f  [%.2f, %.2f]", mean.mean(), mean.low(), mean.high());
    canvas.text(LEFT + SCALE_WIDTH + 30, y + 4, figures, LABEL, Anchor.START);
  }

  private static double x(double grade) {
    return LEFT + SCALE_WIDTH * (grade - Criterion.LOWEST) / (Criterion.BEST - Criterion.LOWEST);
  }
}
