package dev.reticent.kernel;

import dev.reticent.plan.FinetunePlan;
import dev.reticent.training.StepReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The picture of a run's progress: a bar for steps, a bar for ε, and one line of text. */
final class ProgressView {

  private ProgressView() {}

  static Display of(RunProgress run) {
    List<String> html = new ArrayList<>();
    List<String> text = new ArrayList<>();
    html.add("<b>" + Html.escape(words(run)) + "</b>");
    text.add(words(run));
    if (run.lastStep().isEmpty()) {
      beforeSteps(run, html, text);
    }
    run.lastStep().ifPresent(step -> step(run, step, html, text));
    if (run.phase() == Phase.TRAINING && run.lastStep().isPresent()) {
      add(html, text, time(run.secondsLeft()) + " left");
    }
    if (run.phase() == Phase.FAILED && !run.failure().isEmpty()) {
      add(html, text, run.failure());
    }
    advice(run, html, text);
    if (!run.notices().isEmpty() && mayShowNotices(run)) {
      html.add("<small>" + Html.prose(run.notices().get(run.notices().size() - 1)) + "</small>");
    }
    return Display.html(
        "<div class=\"reticent-progress\">" + String.join("<br>", html) + "</div>",
        String.join(" | ", text));
  }

  private static String words(RunProgress run) {
    if (run.lastStep().isPresent()) {
      return run.phase().words();
    }
    return switch (run.phase()) {
      case STARTING -> run.work().what() + " …";
      case STOPPING ->
          "stopping: no step is taken any more; " + run.work().what() + " ends first …";
      case STOPPED -> "stopped before a step was taken: nothing was spent";
      default -> run.phase().words();
    };
  }

  /** A bar for what is counted, without its numbers, which may tell of rows; and the advice. */
  private static void beforeSteps(RunProgress run, List<String> html, List<String> text) {
    if (run.work().total() > 0 && !run.phase().ended()) {
      html.add(Html.bar(run.work().done(), run.work().total()));
    }
    run.plan()
        .filter(FinetunePlan::isPrivate)
        .filter(plan -> run.phase() == Phase.STARTING)
        .map(FinetunePlan::advice)
        .ifPresent(
            advice ->
                add(html, text, (advice.carries() ? "" : "Warning: ") + advice.expectation()));
  }

  /** Notices may tell numbers of rows, and a notebook may be saved while a private run goes on. */
  private static boolean mayShowNotices(RunProgress run) {
    boolean isPrivate = run.plan().filter(FinetunePlan::isPrivate).isPresent();
    return !run.phase().ended() && (run.plan().isEmpty() || !isPrivate);
  }

  private static void add(List<String> html, List<String> text, String words) {
    html.add(Html.prose(words));
    text.add(words);
  }

  private static void step(RunProgress run, StepReport step, List<String> html, List<String> text) {
    String count = "step " + step.step() + " of " + step.totalSteps();
    html.add(Html.bar(step.step(), step.totalSteps()) + " " + Html.escape(count));
    text.add(count);
    Optional<FinetunePlan> isPrivate = run.plan().filter(FinetunePlan::isPrivate);
    isPrivate.ifPresent(plan -> epsilon(plan, step, html, text));
    if (isPrivate.isEmpty()) {
      String speed = String.format(Locale.ROOT, "%,.0f tokens/s", run.tokensPerSecond());
      add(html, text, String.format(Locale.ROOT, "loss %.3f, %s", step.loss(), speed));
    }
    // What a notebook shows is saved with it: of a private run nothing that ε does not cover.
    step.curve()
        .ifPresent(
            estimate ->
                add(
                    html,
                    text,
                    String.format(
                        Locale.ROOT,
                        "loss %.3f ± %.3f (private)",
                        estimate.loss(),
                        estimate.lossDeviation())));
  }

  private static void epsilon(
      FinetunePlan plan, StepReport step, List<String> html, List<String> text) {
    double most = Double.isInfinite(plan.budget()) ? plan.epsilon() : plan.budget();
    String spent =
        String.format(Locale.ROOT, "ε %.3f of %s", step.epsilonSpent(), Views.number(most));
    html.add(Html.bar(step.epsilonSpent(), most) + " " + Html.escape(spent));
    text.add(spent);
  }

  /** How to go on. */
  private static void advice(RunProgress run, List<String> html, List<String> text) {
    String again = "run the cell again to go on; `%%finetune fresh` starts anew";
    switch (run.phase()) {
      case STOPPING -> add(html, text, agreement(run, "will agree: ") + again);
      case STOPPED -> add(html, text, agreement(run, "agree: ") + again);
      case FINISHED, BUDGET_REACHED, FAILED -> add(html, text, "the run is in " + run.folder());
      case STARTING, TRAINING -> {}
    }
  }

  private static String agreement(RunProgress run, String verb) {
    return run.lastStep().isPresent() ? "ledger and checkpoint " + verb : "";
  }

  static String time(double seconds) {
    return seconds < 90
        ? String.format(Locale.ROOT, "%.0f s", seconds)
        : String.format(Locale.ROOT, "%.0f min", seconds / 60);
  }
}
