package dev.reticent.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SampleConfigTest {
  @Test
  void theKeysOfSarusLlmAreAccepted() {
    SampleConfig config =
        SampleConfig.of(
            Config.parse(
                "s.yaml",
                """
                foundation_model_name: open_mistral_7b
                sample_type: instruct
                checkpoint_path: runs/old
                dataset: {data_dir: data, tokenization_dir: tokens}
                sampler: {triton_kernel: True, temperature: 0.7, max_length: 300}
                top_k: 40
                top_p: 0.9
                batch_size: 4
                saving_filename: out
                """));
    assertThat(config.inputFile()).contains(Path.of("data", "llm_input.jsonl"));
    assertThat(config.model().tokenizerDir()).contains(Path.of("tokens"));
    assertThat(config.savingFilename()).isEqualTo("out");
    assertThat(config.decoding())
        .isEqualTo(
            new SampleConfig.Decoding(
                0.7, 40, 0.9, 0, 1, 0, 0, 0, List.of(), 300, Optional.empty(), false));
  }

  @Test
  void aRunSaysItsModelAndWithoutARunOneMustBeNamed() {
    assertThat(SampleConfig.of(Config.empty().with("checkpoint_path", "runs/a")).model().name())
        .isEmpty();
    assertThatExceptionOfType(UserInputException.class)
        .isThrownBy(() -> SampleConfig.of(Config.empty()))
        .withMessageContaining("foundation_model_name: missing");
  }
}
