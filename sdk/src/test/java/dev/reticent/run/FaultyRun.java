package dev.reticent.run;

import dev.reticent.recipe.DPFinetuningRecipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** An audited tiny run, by whatever code it is loaded beside; see {@link PlantedFaultsTest}. */
final class FaultyRun {

  private static final int CANARIES = 120;

  private FaultyRun() {}

  /** The audit.json of a run of twelve steps that claims ε = 1 and has adapters on all matrices. */
  static String audit(String folder) {
    Path here = Path.of(folder);
    try {
      FinetuneResult result =
          DPFinetuningRecipe.of(
                  TinyRun.config(here, 60)
                      .with("lora.lora_attn_modules", List.of("q_proj", "v_proj", "output_proj"))
                      .with("lora.apply_lora_to_mlp", true)
                      .with("lora.lora_rank", 16)
                      .with("privacy.target_epsilon", 1)
                      .with("privacy.public_units", 60)
                      .with("physical_batch_size", 32)
                      .with("batch_size", 30)
                      .with("learning_rate", 0.01)
                      .with("max_steps", 12))
              .audited(CANARIES, 1)
              .run(new FinetuneListener() {});
      return Files.readString(result.folder().resolve("audit.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
