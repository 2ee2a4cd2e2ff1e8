package dev.reticent.kernel;

import dev.reticent.config.Config;
import dev.reticent.plan.FinetunePlan;
import dev.reticent.privacy.PrivacyStatement;
import dev.reticent.recipe.SampleRecipe;
import dev.reticent.run.FinetuneResult;
import dev.reticent.run.TradeOffChart;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How values look in a notebook. */
final class Views {

  private Views() {}

  /** Teaches a kernel to show what cells give back. */
  static void register(Kernel kernel) {
    kernel.renderer(Display.class, display -> display);
    kernel.renderer(Config.class, Views::config);
    kernel.renderer(FinetunePlan.class, Views::plan);
    kernel.renderer(FinetuneResult.class, Views::result);
    kernel.renderer(FinetuneRun.class, FinetuneRun::display);
    kernel.renderer(SampleTable.class, SampleTable::display);
    kernel.renderer(GradeReport.class, GradeReport::display);
    kernel.renderer(PrivacyStatement.class, statement -> text(statement.toText()));
  }

  /** Any value: as registered above, else its text. */
  static Display of(Object value) {
    if (value instanceof Display display) {
      return display;
    }
    if (value instanceof Config config) {
      return config(config);
    }
    if (value instanceof FinetunePlan plan) {
      return plan(plan);
    }
    if (value instanceof FinetuneResult result) {
      return result(result);
    }
    if (value instanceof FinetuneRun run) {
      return run.display();
    }
    if (value instanceof SampleTable table) {
      return table.display();
    }
    if (value instanceof GradeReport report) {
      return report.display();
    }
    return text(value.toString());
  }

  /** Text as it stands. */
  static Display text(String text) {
    return Display.html(Html.pre(text), text.stripTrailing());
  }

  static Display config(Config config) {
    return text(config.toYaml());
  }

  static Display plan(FinetunePlan plan) {
    List<List<String>> rows = new ArrayList<>();
    boolean tellsUnits = plan.sizeIsPublic() || !plan.isPrivate();
    rows.add(List.of("privacy units N", tellsUnits ? integer(plan.units()) : "kept private"));
    rows.add(List.of("trained values", integer(plan.trainable())));
    rows.add(List.of("steps T", integer(plan.steps())));
    rows.add(List.of("rows a step, on average", integer(plan.expectedBatchSize())));
    if (plan.isPrivate()) {
      rows.add(List.of("sampling rate q", number(plan.samplingRate())));
      rows.add(List.of("noise multiplier σ", number(plan.noiseMultiplier())));
      rows.add(List.of("clip norm C", number(plan.clipNorm())));
      rows.add(List.of("δ", number(plan.delta())));
      rows.add(List.of("ε after all steps, at most", number(plan.epsilon())));
      if (tellsUnits && plan.delta() * plan.units() > 1) {
        rows.add(List.of("warning", "δ is larger than one over the number of units"));
      }
    } else {
      rows.add(List.of("privacy", "none: this model can repeat its training data"));
    }
    rows.add(List.of("memory", plan.memory().toText()));
    return table("Plan", List.of(), rows);
  }

  static Display result(FinetuneResult result) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("outcome", result.outcome().name().toLowerCase(Locale.ROOT)));
    rows.add(List.of("steps", result.steps() + " of " + result.plan().steps()));
    if (result.plan().isPrivate()) {
      rows.add(
          List.of(
              "privacy",
              "ε = " + number(result.epsilon()) + " at δ = " + number(result.plan().delta())));
    }
    result.decisions().ifPresent(d -> rows.add(List.of("in other words", d.sentence())));
    if (!Double.isNaN(result.lossBefore()) && result.lossesMayBeShown()) {
      rows.add(
          List.of(
              "held-out loss",
              number(result.lossBefore()) + " before, " + number(result.lossAfter()) + " after"));
    }
    rows.add(List.of("folder", result.folder().toString()));
    Display table = table("Result", List.of(), rows);
    return Display.html(
        table.data().get(Display.HTML)
            + "<details><summary>Privacy statement</summary>"
            + Html.pre(result.statement())
            + result.decisions().map(d -> TradeOffChart.of(d).svg()).orElse("")
            + "</details>",
        table.text() + "\n\n" + result.statement().stripTrailing());
  }

  static Display answers(List<SampleRecipe.Answer> answers) {
    List<List<String>> rows = new ArrayList<>();
    for (SampleRecipe.Answer answer : answers) {
      rows.add(List.of(answer.prompt(), answer.generation().text().strip()));
    }
    return table("", List.of("prompt", "answer"), rows);
  }

  /** A table with a title; every cell is escaped. */
  static Display table(String title, List<String> head, List<List<String>> rows) {
    String heading = title.isEmpty() ? "" : Html.heading(title);
    String text = TextTable.of(head, rows);
    return Display.html(
        heading + Html.table(head, rows), title.isEmpty() ? text : title + "\n" + text);
  }

  /** What was wrong with a cell. */
  static Display problem(String message) {
    return Display.html(
        "<pre style=\"border-left:4px solid #d62728;padding-left:0.6em\">"
            + Html.escape(message)
            + "</pre>",
        message);
  }

  static String integer(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** A number with five digits that count and no zeros behind. */
  static String number(double value) {
    if (Double.isInfinite(value)) {
      return "∞";
    }
    if (value != 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6)) {
      return Double.toString(value);
    }
    String text = String.format(Locale.ROOT, "%.5g", value);
    return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
  }
}
