package dev.reticent.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.Builders;
import dev.reticent.config.Config;
import dev.reticent.privacy.accounting.Adjacency;
import dev.reticent.training.LearningRateSchedule;
import dev.reticent.weights.ComputeType;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Typed code can configure all that YAML can. */
class FinetuneBuilderTest {

  @Test
  void settingsFromCodeAndFromYamlAreEqual() {
    FinetuneConfig inCode =
        FinetuneConfig.builder()
            .model(m -> m.name(ModelSettings.EMBEDDED).computeType(ComputeType.BFLOAT16))
            .lora(lora -> lora.rank(4).alpha(8).attention(List.of("q_proj")).mlp(true))
            .dataset(d -> d.train(Path.of("rows.jsonl")).privacyUnit("author").maxTokens(64))
            .privacy(
                p ->
                    p.targetEpsilon(3)
                        .delta(1e-6)
                        .clipping(ClippingSettings.Rule.PER_LAYER)
                        .clipNorm(0.5)
                        .adjacency(Adjacency.REPLACE_ONE)
                        .publicUnits(1000))
            .optimizer(
                o ->
                    o.rule(OptimizerSettings.Rule.SGD)
                        .learningRate(0.1)
                        .momentum(0.9)
                        .schedule(LearningRateSchedule.Shape.LINEAR))
            .batch(32)
            .maxSteps(20)
            .savingDir(Path.of("runs", "typed"))
            .resume(FinetuneConfig.Resume.NEVER)
            .seed(7)
            .build();
    FinetuneConfig fromYaml =
        FinetuneConfig.of(
            Config.parse(
                "typed.yaml",
                """
                foundation_model_name: reticent-tiny
                dtype: bf16
                lora:
                  lora_rank: 4
                  lora_alpha: 8
                  lora_attn_modules: [q_proj]
                  apply_lora_to_mlp: true
                dataset: {train_file: rows.jsonl, privacy_unit: author, max_length: 64}
                privacy:
                  target_epsilon: 3
                  delta: 1e-6
                  clipping: per_layer
                  l2_norm_clip: 0.5
                  adjacency: replace-one
                  public_units: 1000
                optimizer: sgd
                learning_rate: 0.1
                momentum: 0.9
                lr_scheduler: {name: linear}
                batch_size: 32
                max_steps: 20
                saving_dir: runs/typed
                resume: never
                seed: 7
                """));
    assertThat(inCode).isEqualTo(fromYaml);
  }

  @Test
  void anAdapterWithItsDefaultsIsNotFullFineTuning() {
    FinetuneConfig config =
        FinetuneConfig.builder()
            .model(m -> m.name(ModelSettings.EMBEDDED))
            .privacy(p -> p.targetEpsilon(3))
            .lora(lora -> {})
            .build();
    assertThat(config.lora()).isPresent();
  }

  @Test
  void everyKeyHasItsMethod() {
    Builders.haveAllKeys(FinetuneConfig.builder(), FinetuneConfig::read, Set.of());
  }
}
