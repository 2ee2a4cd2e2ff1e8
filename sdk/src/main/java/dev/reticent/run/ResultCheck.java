package dev.reticent.run;

import dev.reticent.lora.Adapter;
import dev.reticent.lora.PeftFolder;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import dev.reticent.weights.ComputeType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Holds what a run's folder says against what was trained.
 *
 * <p>What was saved is compared bit by bit. What is computed is not: a card, and some processors,
 * round the same product differently from call to call.
 */
final class ResultCheck {

  /** How far apart the same logits may be when computed twice: units of the type's last place. */
  private static final double UNITS = 32;

  private ResultCheck() {}

  /**
   * The adapter in a folder is the one that was trained, and gives its logits where there is a
   * decoder to give any.
   *
   * @throws IllegalStateException when not, or when the trained one gives no numbers
   */
  static void adapter(BaseModel base, List<Decoder> decoders, Adapter trained, Path folder) {
    Adapter saved = PeftFolder.read(folder, base.config());
    if (!saved.layout().slots().equals(trained.layout().slots())) {
      throw new IllegalStateException(
          "the adapter in " + folder + " is read with other modules, ranks or scales than trained");
    }
    sameValues(trained.values(), saved.values(), folder);
    if (decoders.isEmpty()) {
      return;
    }
    Decoder decoder = decoders.get(0);
    int[] probe = base.tokenizer().encode("Is what was saved what was trained?", true);
    sameLogits(
        logits(decoder, trained, probe),
        logits(decoder, saved, probe),
        decoder.options().compute(),
        folder);
  }

  /** Bit by bit. */
  static void sameValues(float[] trained, float[] saved, Path folder) {
    int at = Arrays.mismatch(trained, saved);
    if (at >= 0) {
      throw new IllegalStateException(
          "%s does not hold what was trained: value %d of %d is %s instead of %s; look at the disk, then run again: the last checkpoint is written anew"
              .formatted(
                  folder,
                  at,
                  trained.length,
                  at < saved.length ? saved[at] : "missing",
                  at < trained.length ? trained[at] : "nothing"));
    }
  }

  /** Within what the type can tell, as a whole: ‖found − expected‖ ≤ 32 ε ‖expected‖. */
  static void sameLogits(float[] expected, float[] found, ComputeType type, Path folder) {
    double size = 0;
    double apart = 0;
    for (int i = 0; i < expected.length; i++) {
      size = Math.hypot(size, expected[i]);
      apart = Math.hypot(apart, (double) found[i] - expected[i]);
    }
    if (!Double.isFinite(size)) {
      throw new IllegalStateException(
          "the model with what was trained gives logits that are no numbers: lower learning_rate");
    }
    if (!(apart <= UNITS * type.epsilon() * size)) {
      throw new IllegalStateException(
          "the adapter in %s does not give the logits it was trained to: they are off by %.2g of their size"
              .formatted(folder, apart / size));
    }
  }

  private static float[] logits(Decoder decoder, Adapter adapter, int[] probe) {
    try (AdapterTensors tensors = adapter.on(decoder)) {
      return decoder.logits(probe, tensors);
    }
  }
}
