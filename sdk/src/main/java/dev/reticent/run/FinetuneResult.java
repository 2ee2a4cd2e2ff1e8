package dev.reticent.run;

import dev.reticent.plan.FinetunePlan;
import dev.reticent.privacy.Decisions;
import dev.reticent.privacy.EvaluationData;
import dev.reticent.training.Trainer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a fine-tuning run left.
 *
 * @param folder the run's folder: a PEFT adapter, or a whole model after full fine-tuning
 * @param steps steps taken, those of earlier sessions included
 * @param adapterStep the step after which the adapter was kept: the last, or with {@code keep_best}
 *     the one with the lowest loss on public evaluation data
 * @param epsilon spent, an upper bound; infinite without privacy
 * @param lossBefore mean held-out loss before the first step; NaN when nothing is held out
 * @param lossAfter the same of the adapter that was kept; NaN too when the run was interrupted
 * @param evaluation whether those losses are of public rows; what is measured on private ones is
 *     covered by no ε
 * @param statement what is and is not promised, in words
 * @param decisions what the promise is for whoever decides by it; empty where nothing is promised
 */
public record FinetuneResult(
    Path folder,
    FinetunePlan plan,
    Trainer.Outcome outcome,
    int steps,
    int adapterStep,
    double epsilon,
    double lossBefore,
    double lossAfter,
    EvaluationData evaluation,
    String statement,
    Optional<Decisions> decisions) {

  /** Whether the losses may be shown to whoever may see the model. */
  public boolean lossesMayBeShown() {
    return !plan.isPrivate() || evaluation == EvaluationData.PUBLIC;
  }

  /** One sentence on how the run ended and what can be done next. */
  public String next() {
    return switch (outcome) {
      case FINISHED -> "Finished after %d steps.".formatted(steps);
      case BUDGET_REACHED ->
          "Stopped after %d of %d steps: the next one would have exceeded the budget. The adapter is usable as it is."
              .formatted(steps, plan.steps());
      case INTERRUPTED ->
          "Stopped after %d of %d steps, with a checkpoint. Run the same config again (resume: auto) to go on from here; what was spent stays spent."
              .formatted(steps, plan.steps());
    };
  }
}
