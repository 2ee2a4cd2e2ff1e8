package dev.reticent.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.Builders;
import dev.reticent.config.Config;
import dev.reticent.config.KeyReference;
import dev.reticent.data.SampleType;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Typed code can configure all of sampling that YAML can. */
class SampleBuilderTest {

  @Test
  void settingsFromCodeAndFromYamlAreEqual() {
    SampleConfig inCode =
        SampleConfig.builder()
            .model(m -> m.name(ModelSettings.EMBEDDED))
            .sampleType(SampleType.PRETRAIN)
            .checkpoint(Path.of("runs", "one"))
            .prompts(List.of("a", "b"))
            .savingDir(Path.of("out"))
            .maxNewTokens(7)
            .temperature(0.5)
            .topK(3)
            .stop(List.of("."))
            .seed(7)
            .build();
    SampleConfig fromYaml =
        SampleConfig.of(
            Config.parse(
                "typed.yaml",
                """
                foundation_model_name: reticent-tiny
                sample_type: pretrain
                checkpoint_path: runs/one
                prompts: [a, b]
                saving_dir: out
                max_new_tokens: 7
                temperature: 0.5
                top_k: 3
                stop: ["."]
                seed: 7
                """));
    assertThat(inCode).isEqualTo(fromYaml);
  }

  @Test
  void everyKeyHasItsMethod() {
    // What files of sarus-llm say besides, and sampling has no use for.
    Set<String> foreign =
        Config.reference(SampleConfig::read).stream()
            .map(KeyReference::path)
            .filter(path -> path.startsWith("lora.") || path.startsWith("sampler."))
            .collect(Collectors.toSet());
    Builders.haveAllKeys(SampleConfig.builder(), SampleConfig::read, foreign);
  }
}
