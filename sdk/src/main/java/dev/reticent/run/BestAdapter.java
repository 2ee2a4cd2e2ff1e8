package dev.reticent.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.checkpoint.Checkpoint;
import java.util.Map;

/** The values with the lowest evaluation loss so far; only public data may choose them. */
final class BestAdapter {

  private static final String VALUES = "best_adapter";
  private static final String STEP = "best_step";
  private static final String LOSS = "best_loss";

  private float[] values = new float[0];
  private double loss = Double.POSITIVE_INFINITY;
  private int step;

  /** Keeps a copy of the values if they are better. */
  void offer(int atStep, double itsLoss, float[] itsValues) {
    if (itsLoss < loss) {
      loss = itsLoss;
      step = atStep;
      values = itsValues.clone();
    }
  }

  /** Whether anything was kept. */
  boolean present() {
    return values.length > 0;
  }

  float[] values() {
    return values;
  }

  double loss() {
    return loss;
  }

  /** The step after which it was. */
  int step() {
    return step;
  }

  void save(Map<String, float[]> floats, ObjectNode state) {
    if (present()) {
      floats.put(VALUES, values);
      state.put(STEP, step).put(LOSS, loss);
    }
  }

  void restore(Checkpoint checkpoint) {
    float[] stored = checkpoint.floats().getOrDefault(VALUES, new float[0]);
    if (stored.length > 0) {
      values = stored;
      step = checkpoint.state().path(STEP).asInt();
      loss = checkpoint.state().path(LOSS).asDouble();
    }
  }
}
