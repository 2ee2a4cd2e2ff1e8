package dev.reticent.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.api.Internal;
import dev.reticent.chart.LineChart;
import dev.reticent.chart.LineChart.Point;
import dev.reticent.chart.LineChart.Series;
import dev.reticent.privacy.Decisions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The most that any test can reach: rightly "yes" against wrongly "yes". */
@Internal
public final class TradeOffChart {

  private TradeOffChart() {}

  /** Of a run's guarantee, beside guessing. */
  public static LineChart of(Decisions decisions) {
    return of(
        decisions.curve().stream()
            .map(at -> new Point(at.falsePositives(), at.truePositives()))
            .toList());
  }

  /** Of a privacy.json; empty when it has no curve. */
  public static Optional<LineChart> of(JsonNode statement) {
    List<Point> points = new ArrayList<>();
    for (JsonNode at : statement.path(Decisions.CURVE)) {
      points.add(new Point(at.path(0).asDouble(), at.path(1).asDouble()));
    }
    return Optional.of(points).filter(any -> !any.isEmpty()).map(TradeOffChart::of);
  }

  private static LineChart of(List<Point> best) {
    return new LineChart(
        "rightly “yes”, at most",
        "wrongly “yes”",
        List.of(
            new Series("best test", best, false),
            new Series("guessing", List.of(new Point(0, 0), new Point(1, 1)), true)));
  }
}
