package dev.reticent.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A merged model of every family, read by Python's transformers; and adapters of experts as we
 * write them, by PEFT.
 */
class FamilyExportTest {
  private static final int[] IDS = {1, 45, 7, 61, 8, 19, 2, 78, 5, 33, 12, 70};

  @TempDir Path folder;

  @Test
  void pythonReadsWhatWasMergedAndComputesTheSame() throws IOException {
    Python.require("torch", "transformers", "peft");
    Path merged = Files.createDirectory(folder.resolve("merged"));
    Map<String, float[]> expected = new HashMap<>();
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
    for (String name : List.of("qwen2_moe", "gpt_oss", "granitemoe", "deepseek_v3", "llama4")) {
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
    expected.forEach(
        (name, logits) -> {
          for (int i = 0; i < logits.length; i++) {
            assertThat((double) logits[i])
                .as("%s, token %d", name, i)
                .isCloseTo(python.get(name).get(i).asDouble(), within(2e-4));
          }
        });
  }
}
