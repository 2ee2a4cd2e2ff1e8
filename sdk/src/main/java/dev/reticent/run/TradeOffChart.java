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
    return of(decisions.curve());
  }

  /** Of a privacy.json; empty when it has no curve. */
  public static Optional<LineChart> of(JsonNode statement) {
    return Optional.of(points(statement.path(Decisions.CURVE)))
        .filter(any -> !any.isEmpty())
        .map(TradeOffChart::of);
  }

  /** A curve as files hold it, pairs of shares; empty where there is none. */
  static List<Decisions.Point> points(JsonNode pairs) {
    List<Decisions.Point> points = new ArrayList<>();
    for (JsonNode at : pairs) {
      points.add(new Decisions.Point(at.path(0).asDouble(), at.path(1).asDouble()));
    }
    return points;
  }

  /** A curve as a chart's line. */
  static Series line(String name, List<Decisions.Point> curve) {
    return new Series(
        name,
        curve.stream().map(at -> new Point(at.falsePositives(), at.truePositives())).toList(),
        false);
  }

  /** What anyone reaches who looks at nothing. */
  static Series guessing() {
    return new Series("guessing", List.of(new Point(0, 0), new Point(1, 1)), true);
  }

  private static LineChart of(List<Decisions.Point> best) {
    return new LineChart(
        "rightly “yes”, at most", "wrongly “yes”", List.of(line("best test", best), guessing()));
  }
}
