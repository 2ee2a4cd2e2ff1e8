package dev.reticent.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.AdapterLayout;
import dev.reticent.lora.LoraSpec;
import dev.reticent.lora.PeftFolder;
import dev.reticent.model.Golden;
import dev.reticent.testing.Python;
import dev.reticent.weights.Quantization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Adapters written here, in Python's transformers and PEFT, and saved by PEFT, here again. */
class PeftInteropTest {
  private static final int[] IDS = {1, 45, 7, 103, 61, 8, 19, 2, 88, 5};

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "mistral-tiny, q_proj k_proj v_proj o_proj gate_proj up_proj down_proj lm_head",
    "phi3, qkv_proj o_proj gate_up_proj down_proj"
  })
  void pythonComputesTheSameLogitsAndHandsTheAdapterBack(String name, String targets)
      throws IOException {
    Python.require("torch", "transformers", "peft");
    Path model = Golden.folder(name);
    ModelConfig config = ModelConfig.read(model);
    AdapterLayout layout =
        AdapterLayout.of(config, LoraSpec.of(3, 12, List.of(targets.split(" "))));
    Adapter adapter = Adapter.initial(layout, 1);
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < adapter.values().length; i++) {
      adapter.values()[i] = (float) (0.1 * random.nextGaussian());
    }
    Path ours = folder.resolve("ours");
    Path theirs = folder.resolve("theirs");
    PeftFolder.write(ours, adapter, model.toString());

    StringBuilder ids = new StringBuilder();
    for (int id : IDS) {
      ids.append(ids.isEmpty() ? "" : ",").append(id);
    }
    JsonNode python =
        new ObjectMapper()
            .readTree(
                Python.run(
                    "peft_logits.py",
                    model.toString(),
                    ours.toString(),
                    ids.toString(),
                    theirs.toString()));

    Inspection base = Inspection.of(model, Optional.empty(), Quantization.NONE, IDS);
    Inspection here = Inspection.of(model, Optional.of(ours), Quantization.NONE, IDS);
    double moved = 0;
    for (int i = 0; i < here.lastLogits().length; i++) {
      double expected = python.get("logits_last").get(i).asDouble();
      assertThat((double) here.lastLogits()[i]).isCloseTo(expected, within(1e-4));
      moved = Math.max(moved, Math.abs(here.lastLogits()[i] - base.lastLogits()[i]));
    }
    assertThat(moved).as("what the adapter changes").isGreaterThan(0.1);
    assertThat(PeftFolder.read(theirs, config).values()).isEqualTo(adapter.values());
  }
}
