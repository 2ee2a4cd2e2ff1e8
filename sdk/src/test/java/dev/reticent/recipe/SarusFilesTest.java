package dev.reticent.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.Config;
import dev.reticent.settings.FinetuneConfig;
import dev.reticent.settings.LoraSettings;
import dev.reticent.settings.SampleConfig;
import dev.reticent.settings.SarusDefaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files written for sarus-llm do here what they did there. */
class SarusFilesTest {
  private static final String SAMPLING =
      """
      foundation_model_name: reticent-tiny
      sample_type: instruct
      checkpoint_path: %1$s/checkpoint
      saving_dir: %1$s/out/sample.csv
      dataset:
        data_dir: %1$s/llm_input.jsonl
      quantization:
        load_in_4bit: false
      lora:
        lora_attn_modules: [q_proj, v_proj]
        apply_lora_to_mlp: false
        apply_lora_to_output: false
      sampler:
        temperature: 0.1
        max_length: 300
        triton_kernel: false
        top_k: 0
        top_p: 1.0
      """;

  @TempDir Path folder;

  private static final String FINETUNING =
      """
      foundation_model_name: reticent-tiny
      sample_type: instruct
      checkpoint_path: None
      saving_dir: %1$s/run
      lora:
        lora_attn_modules: [q_proj, v_proj]
        apply_lora_to_mlp: false
        apply_lora_to_output: false
      deepspeed:
        gradient_accumulation_steps: 2
        physical_batch_size: 8
        dtype: 'bf16'
        zero_stage: 1
      dataset:
        data_dir: %1$s
      noise_multiplier: 1.0
      delta: 1e-3
      l2_norm_clip: 0.01
      epochs: 1
      eval_every_n_grad_steps: 5
      save_every_n_grads_steps: 5
      """;

  @Test
  void aFineTuningFileIsReadAsItStandsAndItsOtherDefaultsAreSaidAtOnce() {
    Config config = Config.parse("ft.yaml", FINETUNING.formatted(folder));
    FinetuneConfig read = FinetuneConfig.of(config);
    assertThat(read.batch().physical()).isEqualTo(8);
    assertThat(read.saveEverySteps()).contains(5);
    assertThat(read.checkpointPath()).isEmpty();
    assertThat(SarusDefaults.notice(config).orElseThrow())
        .contains(
            "quantization.load_in_4bit is false (there true)",
            "lora.lora_rank is 16 (there 128)",
            "lora.lora_alpha is 32 (there 256)",
            "learning_rate is 5e-4 (there 1e-5)");
    assertThat(SarusDefaults.notice(config.with("lora.lora_rank", 8)).orElseThrow())
        .doesNotContain("lora_rank");
    assertThat(SarusDefaults.notice(config.without("deepspeed"))).isEmpty();
    assertThat(SarusDefaults.notice(config.without("lora")).orElseThrow()).doesNotContain("lora.");
    LoraSettings lora = read.lora().orElseThrow();
    assertThat(List.of(lora.rank(), lora.alpha())).hasToString("[16, 32.0]");
    assertThat(read.optimizer().learningRate()).isEqualTo(5e-4);
  }

  @Test
  void aSamplingFileIsReadAsItStands() throws IOException {
    Path rows = Files.writeString(folder.resolve("llm_input.jsonl"), "{\"question\": \"q\"}\n");
    SampleConfig config = SampleConfig.of(Config.parse("sample.yaml", SAMPLING.formatted(folder)));
    assertThat(config.inputFile()).contains(rows);
    assertThat(config.files()).containsExactly(folder.resolve("out/sample.csv"));
    assertThat(config.decoding().maxNewTokens()).isEqualTo(300);
    assertThat(config.decoding().maxLength()).isEmpty();
    Config base = Config.parse("sample.yaml", SAMPLING.formatted(folder));
    assertThat(SampleConfig.of(base.with("checkpoint_path", "None")).checkpointPath()).isEmpty();
  }

  @Test
  void itsAnswersGoToTheFileThatItNames() throws IOException {
    Files.writeString(folder.resolve("llm_input.jsonl"), "{\"question\": \"How are you?\"}\n");
    Config config =
        Config.parse("sample.yaml", SAMPLING.formatted(folder))
            .withOverrides(List.of("~checkpoint_path", "~lora", "sampler.max_length=4"));
    List<SampleRecipe.Answer> answers = SampleRecipe.of(config).run();
    assertThat(answers).hasSize(1);
    assertThat(answers.get(0).generation().ids()).hasSizeLessThanOrEqualTo(4);
    Path file = folder.resolve("out/sample.csv");
    assertThat(file).isRegularFile();
    assertThat(Files.readString(file)).contains("How are you?");
    assertThat(folder.resolve("out")).isDirectoryNotContaining("glob:**.jsonl");
  }

  @Test
  void aLengthOfPromptAndAnswerAloneLeavesTheAnswerAllTheRoom() {
    Config config = Config.empty().with("foundation_model_name", "reticent-tiny");
    assertThat(SampleConfig.of(config).decoding().maxNewTokens()).isEqualTo(128);
    SampleConfig.Decoding decoding = SampleConfig.of(config.with("max_length", 300)).decoding();
    assertThat(decoding.maxNewTokens()).isEqualTo(300);
    assertThat(decoding.maxLength()).contains(300);
  }

  @Test
  void namesOfTheSdkAreUnderstoodOrSayWhatToWrite() {
    Config config = Config.empty().with("foundation_model_name", "reticent-tiny");
    assertThat(FinetuneConfig.of(config.with("is_dp", false)).privacy().enabled()).isFalse();
    assertThatThrownBy(() -> FinetuneConfig.of(config.with("use_lora", true)))
        .hasMessageContaining("give a lora section, or leave it out to train all weights");
    assertThatThrownBy(() -> FinetuneConfig.of(config.with("quantize", true)))
        .hasMessageContaining("write quantization.load_in_4bit: true");
  }
}
