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
        .contains("Parity", "mistral-tiny", "Training, 2 x 16 tokens", "Decoding, 1 x (8 + 4)")
        .contains("ours, DP, NF4 base over PyTorch + peft, bf16 base, no DP");
  }
}
