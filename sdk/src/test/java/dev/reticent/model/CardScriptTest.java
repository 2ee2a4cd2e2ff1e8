package dev.reticent.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.testing.Python;
import org.junit.jupiter.api.Test;

/** The one command that measures a card runs, and prints what it promises. */
class CardScriptTest {

  @Test
  void itsSmallShapeRunsOnProcessors() {
    Python.require("torch", "transformers", "peft");
    String printed =
        Python.run(
            "card.py", "--device", "cpu", "--classes", System.getProperty("java.class.path"));
    assertThat(printed)
        .doesNotContain("failed")
        .contains("mistral-tiny", "nf4_product", "training, DP, 2 x 16", "decoding, 2 x (8 + 4)")
        .contains("ours, NF4 base, training, DP, 2 x 16")
        .contains("PyTorch + peft, bf16 base: process started");
  }
}
