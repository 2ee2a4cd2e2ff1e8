package dev.reticent.recipe;

import dev.reticent.lora.Adapter;
import dev.reticent.lora.PeftFolder;
import dev.reticent.model.AdapterTensors;
import dev.reticent.training.TrainableAdapter;
import java.nio.file.Path;
import java.util.Arrays;

/** Fine-tuning that looked normal has left useless adapters elsewhere; this tells at once. */
final class AdapterCheck {

  private static final double TOLERANCE = 1e-5;

  private AdapterCheck() {}

  /** A step changes something. */
  static void requireChange(float[] before, float[] after) {
    if (Arrays.equals(before, after)) {
      throw new IllegalStateException(
          "the first step changed nothing: the adapter is not being trained");
    }
  }

  /** What was saved, read back, gives the logits of what was trained. */
  static void requireRoundTrip(LoadedModel model, Adapter trained, Path folder) {
    int[] probe = model.tokenizer().encode("Is what was saved what was trained?", true);
    float[] expected = logits(model, trained, probe);
    float[] found = logits(model, PeftFolder.read(folder, model.decoder().config()), probe);
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(expected[i] - found[i]) <= TOLERANCE)) {
        throw new IllegalStateException(
            "the adapter in %s does not give the logits it was trained to: %s instead of %s"
                .formatted(folder, found[i], expected[i]));
      }
    }
  }

  private static float[] logits(LoadedModel model, Adapter adapter, int[] probe) {
    try (AdapterTensors tensors =
        TrainableAdapter.tensors(adapter, model.decoder().config(), model.decoder().device())) {
      return model.decoder().logits(probe, tensors);
    }
  }
}
