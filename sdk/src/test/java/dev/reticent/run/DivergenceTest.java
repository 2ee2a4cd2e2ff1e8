package dev.reticent.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.model.Golden;
import dev.reticent.recipe.SampleRecipe;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that are not finite end a run in words, and never pass for an answer. */
class DivergenceTest {
  private static final String DAMAGED = "model.layers.1.mlp.down_proj.weight";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRunThatDivergesStopsAtItsFirstStepAndStatesWhatItSpent(boolean isPrivate)
      throws IOException {
    Config config = TinyRun.config(folder, 60).with("learning_rate", 1e30);
    Config run = isPrivate ? config : config.without("privacy").with("privacy.enabled", false);
    assertThatThrownBy(() -> TinyRun.run(run))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("training diverged at step 1: model.layers.0.")
        .hasMessageContaining("lora_")
        .hasMessageContaining("Lower learning_rate");
    assertThat(folder.resolve("run").resolve("privacy.json")).isRegularFile();
    if (isPrivate) {
      try (Stream<String> ledger = Files.lines(folder.resolve("run").resolve("ledger.jsonl"))) {
        assertThat(ledger.count()).as("the header and one step").isEqualTo(2);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "load_in_4bit", "load_in_8bit"})
  void aWeightThatIsNotFiniteIsNamedAtLoad(String quantization) throws IOException {
    Path model = damaged(Float.NaN);
    Config config =
        Config.empty()
            .with("foundation_model_name", model.toString())
            .with("prompts", List.of("number 1?"))
            .with("max_new_tokens", 3);
    Config quantized =
        quantization.equals("none") ? config : config.with("quantization." + quantization, true);
    assertThatThrownBy(() -> SampleRecipe.of(quantized).answer(List.of("number 1?")))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("tensor " + DAMAGED)
        .hasMessageContaining("value 5 is not a finite number");
  }

  @Test
  void anAnswerFromUnusableLogitsIsAnErrorAndNoEmptyAnswer() throws IOException {
    // Finite, and beyond what the layer computes with.
    Path model = damaged(3e38f);
    Config config = Config.empty().with("foundation_model_name", model.toString());
    assertThatThrownBy(() -> SampleRecipe.of(config).answer(List.of("number 1?")))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("1 of 1 prompts could not be answered");
  }

  /** The tiny model with some weights of a tensor overwritten. */
  private Path damaged(float value) throws IOException {
    Path model = Files.createDirectories(folder.resolve("model"));
    try (Stream<Path> files = Files.list(Golden.folder("mistral-tiny"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, model.resolve(file.getFileName()));
      }
    }
    Path file = model.resolve("model.safetensors");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      channel.read(length, 0);
      ByteBuffer header = ByteBuffer.allocate((int) length.getLong(0));
      channel.read(header, 8);
      String json = new String(header.array(), StandardCharsets.UTF_8);
      String entry = json.substring(json.indexOf("\"" + DAMAGED + "\""));
      String offsets = entry.substring(entry.indexOf("data_offsets"));
      long start =
          Long.parseLong(offsets.substring(offsets.indexOf('[') + 1, offsets.indexOf(',')).strip());
      assertThat(entry).contains("\"F32\"");
      ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, value);
      for (int i = 5; i < (Float.isNaN(value) ? 6 : 400); i++) {
        channel.write(bytes.duplicate(), 8 + header.capacity() + start + 4L * i);
      }
    }
    return model;
  }
}
