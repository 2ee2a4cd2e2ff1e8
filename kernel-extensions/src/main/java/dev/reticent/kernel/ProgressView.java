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
    html.add("<b>" + Html.escape(run.phase().words()) + "</b>");
    text.add(run.phase().words());
    run.lastStep().ifPresent(step -> step(run, step, html, text));
    if (run.phase() == Phase.TRAINING && run.lastStep().isPresent()) {
      add(html, text, time(run.secondsLeft()) + " left");
    }
    if (run.phase() == Phase.FAILED) {
      add(html, text, run.failure());
    }
    advice(run, html, text);
    if (!run.notices().isEmpty() && mayShowNotices(run)) {
      html.add("<small>" + Html.escape(run.notices().get(run.notices().size() - 1)) + "</small>");
    }
    return Display.html(
        "<div class=\"reticent-progress\">" + String.join("<br>", html) + "</div>",
        String.join(" | ", text));
  }

  /** Notices may tell numbers of rows, and a notebook may be saved while a private run goes on. */
  private static boolean mayShowNotices(RunProgress run) {
    boolean isPrivate = run.plan().filter(FinetunePlan::isPrivate).isPresent();
    return run.phase() == Phase.LOADING || (!run.phase().ended() && !isPrivate);
  }

  private static void add(List<String> html, List<String> text, String words) {
    html.add(Html.escape(words));
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
      case STOPPING -> add(html, text, "ledger and checkpoint will agree: " + again);
      case STOPPED -> add(html, text, "ledger and checkpoint agree: " + again);
      case FINISHED, BUDGET_REACHED, FAILED -> add(html, text, "the run is in " + run.folder());
      case LOADING, TRAINING -> {}
    }
  }

  static String time(double seconds) {
    return seconds < 90
        ? String.format(Locale.ROOT, "%.0f s", seconds)
        : String.format(Locale.ROOT, "%.0f min", seconds / 60);
  }
}
