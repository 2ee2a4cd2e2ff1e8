package dev.reticent.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.format.Dtype;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.PeftFolder;
import dev.reticent.model.Golden;
import dev.reticent.testing.Python;
import dev.reticent.weights.Quantization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Merged models of all families, read by Python's transformers; and adapters of experts as we write
 * them, by PEFT.
 */
public final class FamilyExport {
  private static final int[] IDS = {1, 45, 7, 61, 8, 19, 2, 78, 5, 33, 12, 70};

  private FamilyExport() {}

  /**
   * The largest difference of a logit at the last token, by checkpoint; of an adapter under {@code
   * …-adapter}.
   *
   * @param folder takes what is written
   */
  public static Map<String, Double> differences(Path folder) throws IOException {
    Path merged = Files.createDirectory(folder.resolve("merged"));
    Map<String, float[]> expected = new LinkedHashMap<>();
    for (String name : Golden.families()) {
      Path base = Golden.family(name);
      Path adapter = base.resolve("adapter");
      MergeRecipe.merge(
          base,
          adapter,
          merged.resolve(name),
          Dtype.F32,
          Long.MAX_VALUE,
          (what, done, total) -> {});
      expected.put(
          name, Inspection.of(base, Optional.of(adapter), Quantization.NONE, IDS).lastLogits());
    }
    Path adapters = Files.createDirectory(folder.resolve("adapters"));
    for (String name :
        List.of("qwen2_moe", "gpt_oss", "granitemoe", "gemma4-moe", "deepseek_v3", "llama4")) {
      Path base = Golden.family(name);
      Adapter read = PeftFolder.read(base.resolve("adapter"), ModelConfig.read(base));
      PeftFolder.write(adapters.resolve(name + "-adapter"), read, base.toString());
      expected.put(name + "-adapter", expected.get(name));
    }
    StringBuilder ids = new StringBuilder();
    for (int id : IDS) {
      ids.append(ids.isEmpty() ? "" : ",").append(id);
    }
    JsonNode python =
        new ObjectMapper()
            .readTree(
                Python.run(
                    "family_logits.py", merged.toString(), ids.toString(), adapters.toString()));
    Map<String, Double> differences = new LinkedHashMap<>();
    expected.forEach((name, logits) -> differences.put(name, worst(logits, python.get(name))));
    return differences;
  }

  /** NaN is larger than any number. */
  private static double worst(float[] logits, JsonNode python) {
    double worst = 0;
    for (int i = 0; i < logits.length; i++) {
      double difference = Math.abs(logits[i] - python.get(i).asDouble());
      worst = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(worst, difference);
    }
    return worst;
  }
}
