package dev.reticent.evaluation.report;

import dev.reticent.chart.Canvas;
import dev.reticent.chart.Canvas.Anchor;
import dev.reticent.chart.Chart;
import dev.reticent.evaluation.judge.Criterion;
import java.util.List;
import java.util.Locale;

/** How often each grade was given: a panel for each criterion, the models side by side. */
record GradeChart(Evaluation evaluation) implements Chart {
  private static final double LEFT = 58;
  private static final double TOP = 104;
  private static final double PLOT_HEIGHT = 250;
  private static final double PANEL_WIDTH = 430;

  @Override
  public String title() {
    return "Distribution of grades";
  }

  @Override
  public int width() {
    return (int) (LEFT + evaluation.criteria().size() * (PANEL_WIDTH + 34));
  }

  @Override
  public int height() {
    return 470;
  }

  @Override
  public void draw(Canvas canvas) {
    canvas.text(20, 32, evaluation.title(), TITLE, Anchor.START);
    canvas.text(20, 53, caption(), SMALL, Anchor.START);
    for (int i = 0; i < evaluation.criteria().size(); i++) {
      panel(canvas, LEFT + i * (PANEL_WIDTH + 34), evaluation.criteria().get(i), i == 0);
    }
    ModelColours.legend(canvas, LEFT, height() - 48, evaluation.models());
    canvas.text(LEFT, height() - 18, evaluation.gradedBy(), SMALL, Anchor.START);
  }

  private String caption() {
    return "Share of %d rows with each grade; 5 is the best%s"
        .formatted(evaluation.questions().size(), anyUnscored() ? ", – is no grade" : "");
  }

  private boolean anyUnscored() {
    return evaluation.models().stream()
        .flatMap(model -> model.summaries().values().stream())
        .anyMatch(summary -> summary.unscoredShare() > 0);
  }

  private void panel(Canvas canvas, double x, Criterion criterion, boolean first) {
    canvas.text(x, TOP - 22, criterion.title(), PANEL, Anchor.START);
    double bottom = TOP + PLOT_HEIGHT;
    for (int percent = 0; percent <= 100; percent += 25) {
      double y = bottom - PLOT_HEIGHT * percent / 100;
      canvas.line(x, y, x + PANEL_WIDTH, y, 1, percent == 0 ? MUTED : GRID);
      if (first) {
        canvas.text(x - 8, y + 4, percent + " %", SMALL, Anchor.END);
      }
    }
    int groups = Criterion.BEST - Criterion.LOWEST + (anyUnscored() ? 2 : 1);
    double groupWidth = PANEL_WIDTH / groups;
    for (int group = 0; group < groups; group++) {
      int score = Criterion.LOWEST + group <= Criterion.BEST ? Criterion.LOWEST + group : 0;
      double middle = x + (group + 0.5) * groupWidth;
      canvas.text(middle, bottom + 20, score == 0 ? "–" : "" + score, LABEL, Anchor.MIDDLE);
      bars(canvas, middle, groupWidth * 0.8, criterion, score);
    }
    canvas.text(x + PANEL_WIDTH / 2, bottom + 40, "Grade", SMALL, Anchor.MIDDLE);
  }

  private void bars(Canvas canvas, double middle, double width, Criterion criterion, int score) {
    List<ModelResult> models = evaluation.models();
    double bar = width / models.size();
    for (int m = 0; m < models.size(); m++) {
      GradeSummary summary = models.get(m).summaries().get(criterion);
      if (summary == null) {
        continue;
      }
      double share = score == 0 ? summary.unscoredShare() : summary.share(score);
      double x = middle - width / 2 + m * bar;
      double height = PLOT_HEIGHT * share;
      if (share > 0) {
        canvas.rectangle(
            x + 1, TOP + PLOT_HEIGHT - height, bar - 2, height, ModelColours.colour(m, models));
        String label = share < 0.01 ? "<1" : String.format(Locale.ROOT, "%.0f", 100 * share);
        canvas.text(x + bar / 2, TOP + PLOT_HEIGHT - height - 5, label, SMALL, Anchor.MIDDLE);
      }
    }
  }
}
