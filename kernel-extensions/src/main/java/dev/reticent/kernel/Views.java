package dev.reticent.kernel;

import dev.reticent.audit.SelfTestReport;
import dev.reticent.config.Config;
import dev.reticent.plan.Advice;
import dev.reticent.plan.FinetunePlan;
import dev.reticent.plan.Suggestion;
import dev.reticent.privacy.PrivacyStatement;
import dev.reticent.recipe.SampleRecipe;
import dev.reticent.run.FinetuneResult;
import dev.reticent.run.ReleaseAudit;
import dev.reticent.run.TradeOffChart;
import dev.reticent.serving.SamplingServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** How values look in a notebook. */
final class Views {

  private Views() {}

  /** How values of a type are shown. */
  private record View<T>(Class<T> type, Function<T, Display> display) {
    void register(Kernel kernel) {
      kernel.renderer(type, display);
    }

    Optional<Display> of(Object value) {
      return type.isInstance(value)
          ? Optional.of(display.apply(type.cast(value)))
          : Optional.empty();
    }
  }

  private static final List<View<?>> ALL =
      List.of(
          new View<>(Display.class, display -> display),
          new View<>(Config.class, Views::config),
          new View<>(FinetunePlan.class, Views::plan),
          new View<>(Suggestion.class, suggestion -> text(suggestion.toYaml())),
          new View<>(FinetuneResult.class, Views::result),
          new View<>(FinetuneRun.class, FinetuneRun::display),
          new View<>(SampleTable.class, SampleTable::display),
          new View<>(GradeReport.class, GradeReport::display),
          new View<>(SelfTestReport.class, Views::selfTest),
          new View<>(ReleaseAudit.class, audit -> Display.chart(audit.chart(), audit.sentence())),
          new View<>(SamplingServer.class, Views::server),
          new View<>(PrivacyStatement.class, statement -> text(statement.toText())));

  /** Teaches a kernel to show what cells give back. */
  static void register(Kernel kernel) {
    ALL.forEach(view -> view.register(kernel));
  }

  /** Any value: as registered above, else its text. */
  static Display of(Object value) {
    return ALL.stream()
        .flatMap(view -> view.of(value).stream())
        .findFirst()
        .orElseGet(() -> text(value.toString()));
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
      Advice advice = plan.advice();
      rows.add(List.of("noise over the largest signal, a step", number(advice.ofAStep())));
      rows.add(List.of("the same over the run", number(advice.ofTheRun())));
      rows.add(List.of(advice.carries() ? "so" : "warning", advice.expectation()));
      advice.helps().ifPresent(words -> rows.add(List.of("less noise would come with", words)));
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

  static Display selfTest(SelfTestReport report) {
    List<List<String>> rows = new ArrayList<>();
    for (SelfTestReport.Check check : report.checks()) {
      rows.add(
          List.of(
              check.passed() ? "ok" : "FAIL",
              check.name(),
              String.format(Locale.ROOT, "%.6f", check.value()),
              String.format(Locale.ROOT, "%.6f", check.bound())));
    }
    String verdict =
        report.passed()
            ? "Self-test: no violation found"
            : "Self-test: the guarantee does NOT hold";
    return table(verdict, List.of("", "what was tried", "measured", "at most"), rows);
  }

  static Display server(SamplingServer server) {
    return table(
        "Serving",
        List.of(),
        List.of(
            List.of("for OpenAI clients", server.uri() + "v1"),
            List.of("page", server.uri().toString()),
            List.of("to stop", "server.close()")));
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
