package dev.reticent.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.training.GradientSource;
import dev.reticent.training.PlainGradients;
import dev.reticent.training.Trainable;
import dev.reticent.training.Trainer;
import dev.reticent.training.Workers;

/** Training without protection. */
record PlainSpending(GradientSource gradients) implements Spending {

  static PlainSpending of(RunInputs in, Trainable trainable, Workers workers) {
    return new PlainSpending(
        new PlainGradients(
            trainable,
            in.data().training(),
            in.plan().expectedBatchSize(),
            in.physical(),
            in.config().seed(),
            workers));
  }

  @Override
  public double epsilon() {
    return Double.POSITIVE_INFINITY;
  }

  @Override
  public void save(ObjectNode state) {}

  @Override
  public Statement ended(Trainer.Outcome outcome) {
    return new Statement(
        "No privacy guarantee: privacy.enabled is false. This model can repeat its training"
            + " data.\n",
        "{\n  \"guarantee\": false\n}\n");
  }

  @Override
  public void close() {}
}
