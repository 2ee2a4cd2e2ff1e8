package dev.reticent.recipe;

import dev.reticent.training.Trainer;
import java.nio.file.Path;

/**
 * What a fine-tuning run left.
 *
 * @param folder the run's folder: a PEFT adapter, or a whole model after full fine-tuning
 * @param steps steps taken, those of earlier sessions included
 * @param epsilon spent, an upper bound; infinite without privacy
 * @param lossBefore mean held-out loss before the first step; NaN when nothing is held out
 * @param lossAfter the same after the last
 * @param statement what is and is not promised, in words
 */
public record FinetuneResult(
    Path folder,
    FinetunePlan plan,
    Trainer.Outcome outcome,
    int steps,
    double epsilon,
    double lossBefore,
    double lossAfter,
    String statement) {}
