package dev.reticent.run;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.checkpoint.Checkpoint;
import dev.reticent.checkpoint.CheckpointStore;
import dev.reticent.config.UserInputException;
import dev.reticent.training.Optimizer;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The values in training, their optimizer and the best ones so far, as checkpoints keep them.
 *
 * @param values an adapter, or all weights
 * @param best used only when the best values are to be kept
 */
@SuppressWarnings("ArrayRecordComponent") // the array in training; never compared
record TrainedState(float[] values, Optimizer optimizer, BestAdapter best) {

  private static final String ADAPTER = "adapter";
  private static final String OPTIMIZER = "optimizer.";
  private static final String OPTIMIZER_STEPS = "optimizer_steps";

  void save(CheckpointStore store, int step, PrivacyMode mode) throws IOException {
    Map<String, float[]> floats = new HashMap<>();
    floats.put(ADAPTER, values);
    optimizer.state().forEach((name, values) -> floats.put(OPTIMIZER + name, values));
    ObjectNode state =
        JsonNodeFactory.instance.objectNode().put(OPTIMIZER_STEPS, optimizer.steps());
    mode.save(state);
    best.save(floats, state);
    store.save(new Checkpoint(step, floats, Map.of(), Map.of(), state), more -> {});
  }

  /**
   * Goes on from a checkpoint.
   *
   * @throws UserInputException when it holds another number of values
   */
  void restore(Checkpoint checkpoint) {
    float[] stored = checkpoint.floats().getOrDefault(ADAPTER, new float[0]);
    if (stored.length != values.length) {
      throw new UserInputException(
          "saving_dir: the checkpoint there holds %d trained values, this config trains %d; resume with the config of that run, or give another folder."
              .formatted(stored.length, values.length));
    }
    System.arraycopy(stored, 0, values, 0, values.length);
    Map<String, float[]> state = new HashMap<>();
    checkpoint
        .floats()
        .forEach(
            (name, v) -> {
              if (name.startsWith(OPTIMIZER)) {
                state.put(name.substring(OPTIMIZER.length()), v);
              }
            });
    optimizer.restore(state, checkpoint.state().path(OPTIMIZER_STEPS).asInt());
    best.restore(checkpoint);
  }
}
