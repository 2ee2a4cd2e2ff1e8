package dev.reticent.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is dropped follows from seed, step and row, whoever computes it. */
class DropoutRunTest {

  @TempDir Path folder;

  private FinetuneResult run(Config config, String name) {
    return TinyRun.run(config.with("saving_dir", folder.resolve(name).toString()));
  }

  private byte[] adapter(String name) throws IOException {
    return Files.readAllBytes(folder.resolve(name).resolve("adapter_model.safetensors"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void resultIsTheSameForAnyWorkersAndDropoutIsForTrainingAlone(boolean isPrivate)
      throws IOException {
    Config plain =
        TinyRun.repeatable(folder, 60).with("privacy.enabled", isPrivate).with("max_steps", 4);
    Config config = plain.with("lora.lora_dropout", 0.2);
    FinetuneResult without = run(plain, "plain");
    FinetuneResult one = run(config, "one");
    assertThat(one.lossBefore()).isEqualTo(without.lossBefore());
    assertThat(adapter("one")).isNotEqualTo(adapter("plain"));
    int rows = isPrivate ? 4 : 8; // sums of a private step are on a grid, others are not
    run(config.with("devices", List.of("cpu", "cpu")).with("physical_batch_size", rows), "two");
    assertThat(adapter("two")).isEqualTo(adapter("one"));
    assertThat(Files.readString(folder.resolve("one").resolve("adapter_config.json")))
        .contains("\"lora_dropout\" : 0.2");
    if (!isPrivate) { // a private run draws new noise when it goes on
      Config resumed = config.with("saving_dir", folder.resolve("resumed").toString());
      TinyRun.runTo(resumed, 2);
      TinyRun.run(resumed);
      assertThat(adapter("resumed")).isEqualTo(adapter("one"));
    }
  }
}
