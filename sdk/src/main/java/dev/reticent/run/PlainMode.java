package dev.reticent.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.training.Crew;
import dev.reticent.training.GradientSource;
import dev.reticent.training.PlainGradients;
import dev.reticent.training.Trainer;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** Training without protection. */
record PlainMode(GradientSource gradients) implements PrivacyMode {

  static PlainMode of(RunInputs in, int dimension, Crew crew) {
    return new PlainMode(
        new PlainGradients(
                dimension,
                in.data().training(),
                in.plan().expectedBatchSize(),
                in.config().seed(),
                crew)
            .with(in.dropout()));
  }

  @Override
  public double epsilon() {
    return Double.POSITIVE_INFINITY;
  }

  @Override
  public void save(ObjectNode state) {}

  @Override
  public Statement statement(SortedMap<String, String> weights, List<String> remarks) {
    return new Statement(
        "No privacy guarantee: privacy.enabled is false. This model can repeat its training"
            + " data.\n"
            + String.join("\n", remarks),
        "{\n  \"guarantee\": false\n}\n",
        Optional.empty());
  }

  @Override
  public void ended(Trainer.Outcome outcome) {}

  @Override
  public void seal(RunFolder folder) {}

  @Override
  public void close() {}
}
