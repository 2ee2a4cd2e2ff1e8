package dev.reticent.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.config.Config;
import dev.reticent.config.KeyReference;
import dev.reticent.privacy.accounting.Adjacency;
import dev.reticent.training.LearningRateSchedule;
import dev.reticent.weights.ComputeType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Typed code can configure all that YAML can. */
class FinetuneBuilderTest {

  private static final Map<Class<?>, Object> SAMPLES =
      Map.of(
          int.class,
          1,
          long.class,
          1L,
          double.class,
          0.5,
          boolean.class,
          true,
          String.class,
          "a",
          Path.class,
          Path.of("a"),
          List.class,
          List.of());

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
    FinetuneBuilder builder = FinetuneConfig.builder();
    callAll(builder);
    builder.model(FinetuneBuilderTest::callAll);
    builder.dataset(FinetuneBuilderTest::callAll);
    builder.lora(FinetuneBuilderTest::callAll);
    builder.privacy(FinetuneBuilderTest::callAll);
    builder.optimizer(FinetuneBuilderTest::callAll);
    assertThat(
            Config.reference(FinetuneConfig::read).stream()
                .filter(key -> !key.type().equals("a mapping"))
                .map(KeyReference::path))
        .as("keys that no builder sets")
        .allSatisfy(
            path ->
                assertThat(builder.config().without(path).toYaml())
                    .isNotEqualTo(builder.config().toYaml()));
  }

  private static void callAll(Object builder) {
    for (Method method : builder.getClass().getDeclaredMethods()) {
      boolean setter =
          Modifier.isPublic(method.getModifiers())
              && !method.isSynthetic()
              && method.getParameterCount() == 1
              && !method.getParameterTypes()[0].equals(Consumer.class);
      if (setter) {
        try {
          method.invoke(builder, sample(method.getParameterTypes()[0]));
        } catch (ReflectiveOperationException e) {
          throw new LinkageError(method.getName(), e);
        }
      }
    }
  }

  private static Object sample(Class<?> type) {
    return type.isEnum() ? type.getEnumConstants()[0] : SAMPLES.get(type);
  }
}
