package dev.reticent.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.weights.ComputeType;
import dev.reticent.weights.Quantization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FinetuneConfigTest {
  private static final String SMALLEST =
      "foundation_model_name: reticent-tiny\nnoise_multiplier: 1\nlora: {}\n";

  private static FinetuneConfig read(String yaml) {
    return FinetuneConfig.of(Config.parse("c.yaml", yaml));
  }

  @Test
  void theKeysOfSarusLlmAreAccepted() {
    FinetuneConfig config =
        read(
            """
            foundation_model_name: open_mistral_7b
            sample_type: instruct
            quantization: {load_in_4bit: true}
            lora:
              lora_attn_modules: ["q_proj", "v_proj", "output_proj"]
              apply_lora_to_mlp: True
              apply_lora_to_output: False
              lora_rank: 128
              lora_alpha: 256
            deepspeed: {gradient_accumulation_steps: 128, physical_batch_size: 16, dtype: 'bf16', zero_stage: 1}
            dataset: {data_dir: data, tokenization_dir: tokens}
            noise_multiplier: 0.5
            l2_norm_clip: 1e-2
            learning_rate: 5e-4
            epochs: 25
            eval_every_n_grad_steps: 10
            save_every_n_grads_steps: 20
            checkpoint_path: old
            saving_dir: new
            """);
    assertThat(config.model().quantization()).isEqualTo(Quantization.NF4);
    assertThat(config.model().computeType()).isEqualTo(ComputeType.BFLOAT16);
    assertThat(config.model().tokenizerDir()).contains(Path.of("tokens"));
    assertThat(config.batch()).isEqualTo(new BatchSettings(16, 2048));
    assertThat(config.zeroStage()).isEqualTo(1);
    assertThat(config.lora())
        .contains(
            new LoraSettings(
                List.of("q_proj", "v_proj", "o_proj"), true, false, 128, 256, 0, false, false));
    assertThat(config.privacy().noiseMultiplier()).contains(0.5);
    assertThat(config.privacy().clipNorm()).isEqualTo(0.01);
    assertThat(config.saveEverySteps()).contains(20);
    assertThat(config.dataset().trainFile()).contains(Path.of("data", "train.jsonl"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "noise_multiplier=null | c.yaml:1:1: privacy.target_epsilon: missing, and noise_multiplier"
            + " too: give the budget (target_epsilon: 3) or the noise (noise_multiplier: 1), or set"
            + " enabled: false",
        "lora=null quantization.load_in_4bit=true | override 'quantization.load_in_4bit=true':"
            + " quantization: quantized weights cannot be trained; add a lora section, or remove"
            + " quantization",
        "batch_size=10 physical_batch_size=3 gradient_accumulation_steps=4 | override"
            + " 'batch_size=10': batch_size: is not physical_batch_size x"
            + " gradient_accumulation_steps = 12; remove one of the three",
        "foundation_model_name=some/folder | override 'foundation_model_name=some/folder':"
            + " dataset.train_file: missing: give dataset.train_file or dataset.data_dir; only"
            + " reticent-tiny has data of its own",
        "lora.lora_attn_modules=[] | override 'lora.lora_attn_modules=[]': lora.lora_attn_modules:"
            + " empty, and apply_lora_to_mlp and apply_lora_to_output are false: nothing would be"
            + " trained",
        "lora.aplha=3 | override 'lora.aplha=3': lora.aplha: unknown key; did you mean"
            + " 'lora_alpha'?",
        "dtype=fp16 | override 'dtype=fp16': dtype: found 'fp16', expected one of fp32, bf16,"
            + " float32, bfloat16",
        "privacy.adjacency=zero-out | override 'privacy.adjacency=zero-out': privacy.adjacency:"
            + " found 'zero-out', expected one of add-remove, replace-one",
        "privacy.adjacency=add-remove | override 'privacy.adjacency=add-remove': privacy.adjacency:"
            + " is add-remove, but the number of units is told, which differs by one there; give"
            + " privacy.public_units, about how many there are, or sampling_rate, to keep it"
            + " private; or take replace-one",
        "privacy.rows_per_user=3 dataset.privacy_unit=who | override 'privacy.rows_per_user=3':"
            + " privacy.rows_per_user: is for rows as units; with a column as the unit ε holds for"
            + " all of a unit's rows",
        "privacy.clipping=adaptive privacy.loss_curve=0 | override 'privacy.loss_curve=0':"
            + " privacy.loss_curve: is 0, but adaptive clipping follows the clipped fraction that"
            + " rides on the loss curve; give it a share, such as 0.1",
        "privacy.registry=runs | override 'privacy.registry=runs': privacy.registry: goes with"
            + " total_epsilon; give both or none",
        "keep_best=true eval_every_n_grad_steps=2 | override 'keep_best=true': keep_best: the best"
            + " checkpoint cannot be chosen on private evaluation data: the choice depends on its"
            + " rows and is covered by no ε. Keep the last checkpoint; or set privacy.evaluation:"
            + " true, which measures the loss under noise; or declare the data public if it is.",
        "keep_best=true dataset.evaluation=public | override 'keep_best=true': keep_best: chooses"
            + " among evaluations; give eval_every_n_grad_steps",
        "devices=[cpu,tpu] | override 'devices=[cpu,tpu]': devices: found [cpu, tpu], expected a"
            + " list of texts of cpu, cuda or cuda:N, or auto alone",
      })
  void eachRuleBetweenKeysGivesOneMessage(String overrides, String message) {
    Config config =
        Config.parse("c.yaml", SMALLEST).withOverrides(List.of(overrides.strip().split(" ")));
    assertThatExceptionOfType(UserInputException.class)
        .isThrownBy(() -> FinetuneConfig.of(config))
        .withMessage(message);
  }

  @Test
  void withoutLoraAllWeightsAreTrained() {
    assertThat(read(SMALLEST).lora()).isPresent();
    assertThat(FinetuneConfig.of(Config.parse("c.yaml", SMALLEST).withOverride("~lora")).lora())
        .isEmpty();
  }

  @Test
  void aKnownNameFindsTheFolderUnderEitherName(@TempDir Path root) throws IOException {
    Config config =
        Config.parse("c.yaml", SMALLEST)
            .with("foundation_model_name", "open_mistral_7b")
            .with("dataset.train_file", "x.jsonl");
    assertThatExceptionOfType(UserInputException.class)
        .isThrownBy(() -> FinetuneConfig.of(config).model().folder())
        .withMessageContaining("mistralai/Mistral-7B-v0.1")
        .withMessageContaining("set model_dir");
    ModelSettings rooted = FinetuneConfig.of(config.with("models_root", root)).model();
    assertThatExceptionOfType(UserInputException.class)
        .isThrownBy(rooted::folder)
        .withMessageContaining(root.resolve("open_mistral_7b").toString());
    Path hub = Files.createDirectory(root.resolve("Mistral-7B-v0.1"));
    assertThat(rooted.folder()).isEqualTo(hub);
    Path own = Files.createDirectory(root.resolve("open_mistral_7b"));
    assertThat(rooted.folder()).isEqualTo(own);
  }

  @Test
  void theEmbeddedModelHasTwoNames() {
    assertThat(read(SMALLEST).model().embedded()).isTrue();
    assertThat(
            FinetuneConfig.of(
                    Config.parse("c.yaml", SMALLEST).with("foundation_model_name", "quickstart"))
                .model()
                .embedded())
        .isTrue();
  }
}
