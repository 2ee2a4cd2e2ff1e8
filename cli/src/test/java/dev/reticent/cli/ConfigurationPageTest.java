package dev.reticent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.config.Config;
import dev.reticent.config.KeyReference;
import dev.reticent.config.Section;
import dev.reticent.serving.ServeConfig;
import dev.reticent.settings.FinetuneConfig;
import dev.reticent.settings.SampleConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** docs/configuration.md is what the declarations say. */
class ConfigurationPageTest {
  private static final Path PAGE = Path.of("..", "docs", "configuration.md");
  private static final String COMMAND =
      "mvn -pl cli -am test -Dtest=ConfigurationPageTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dreticent.regenerate=true";

  private static final String FINETUNE =
      """
      foundation_model_name: models/Mistral-7B-v0.1   # a folder you bring; or reticent-tiny
      quantization: {load_in_4bit: true}
      lora: {lora_attn_modules: [q_proj, v_proj], lora_rank: 8}
      dataset:
        train_file: rows.csv
        privacy_unit: patient_id      # whose data is protected; without it each row by itself
        max_length: 512
      privacy:
        target_epsilon: 3
        delta: 1e-5
        public_units: 10000           # about how many patients there are, as anyone may know
      l2_norm_clip: 0.1
      physical_batch_size: 8          # memory; never changes the result
      batch_size: 512                 # the larger, the less noise
      epochs: 3
      learning_rate: 5e-4
      saving_dir: runs/mine
      """;

  private static final String SAMPLE =
      """
      checkpoint_path: runs/mine      # says its base model
      prompts: ["What helps against a cold?"]
      max_new_tokens: 200
      temperature: 0.7
      saving_dir: runs/mine/local/answers
      """;

  private static final String SERVE =
      """
      adapters_root: runs
      adapters: [mine]                # clients ask for "mine"
      serving: {port: 8080, max_running: 16}
      """;

  @Test
  void thePageIsFresh() throws IOException {
    String page = page();
    if (Boolean.getBoolean("reticent.regenerate")) {
      Files.writeString(PAGE, page);
    }
    assertThat(Files.readString(PAGE))
        .as("stale; write it anew with%n  %s", COMMAND)
        .isEqualTo(page);
  }

  @Test
  void everyKeyIsDescribed() {
    for (Function<Section, ?> reader : readers()) {
      assertThat(Config.reference(reader))
          .hasSizeGreaterThan(20)
          .allSatisfy(key -> assertThat(key.description()).as(key.path()).endsWith("."));
    }
  }

  @Test
  void theExamplesAreRead() {
    assertThat(FinetuneConfig.of(Config.parse("example", FINETUNE)).batch().expected())
        .isEqualTo(512);
    assertThat(SampleConfig.of(Config.parse("example", SAMPLE)).prompts()).hasSize(1);
    assertThat(ServeConfig.of(Config.parse("example", SERVE)).adapters()).containsExactly("mine");
  }

  private static List<Function<Section, ?>> readers() {
    return List.of(FinetuneConfig::read, SampleConfig::read, ServeConfig::read);
  }

  private static String page() {
    return """
    # Configuration

    <!-- Generated from the declarations in dev.reticent.settings. Do not edit; run
         %s -->

    Settings are a YAML file, `key=value` overrides after it on the command line, or both; in Java the
    `builder()` of `FinetuneConfig`, `SampleConfig`, `ServeConfig` or `EvaluateConfig`, with a method for each
    key, or `Config.empty().with("epochs", 3)`. An override may have dots (`lora.lora_rank=8`); `~key` removes a
    key. Every problem of a file is reported at once, with its line and column. A value is read as what
    is expected: `no` is a text where a text is expected, and an error where `true` or `false` is.
    Relative paths start at the current folder. No setting is read from the environment; where a key is needed, a
    setting names the variable that holds it. The [glossary](glossary.md) explains the words. Settings that are *accepted so
    that files of sarus-llm load* are those of another tool for private fine-tuning ([faq.md](faq.md)).

    ## Models

    `reticent-tiny` comes with Reticent. Any other model is a folder you bring, with `config.json`,
    a tokenizer and safetensors, as Hugging Face has it ([models.md](models.md)): `foundation_model_name: path/to/folder`,
    or a name with `model_dir` or `models_root`. The names `open_mistral_7b`, `llama3-8b`, `llama3-70b` and
    `phi_3_mini` also find the folder called as on the hub, such as `models_root/Mistral-7B-v0.1`.

    These keys are the same wherever a model is loaded:

    %s
    ## Fine-tuning

    `./reticent finetune FILE.yaml [key=value…]`

    ```yaml
    %s```

    The keys of [models](#models), and

    %s
    ## Sampling

    `./reticent sample FILE.yaml [key=value…]`

    ```yaml
    %s```

    The keys of [models](#models), and

    %s
    ## Serving

    `./reticent serve FILE.yaml [key=value…]`

    ```yaml
    %s```

    The keys of [models](#models), and

    %s\
    """
        .formatted(
            COMMAND,
            table(shared()),
            FINETUNE,
            table(own(FinetuneConfig::read)),
            SAMPLE,
            table(own(SampleConfig::read)),
            SERVE,
            table(own(ServeConfig::read)));
  }

  /** Keys that mean the same in every kind of file. */
  private static List<KeyReference> shared() {
    return readers().stream()
        .map(Config::reference)
        .reduce((one, other) -> one.stream().filter(other::contains).toList())
        .orElseThrow();
  }

  private static List<KeyReference> own(Function<Section, ?> reader) {
    List<KeyReference> shared = shared();
    return Config.reference(reader).stream().filter(key -> !shared.contains(key)).toList();
  }

  private static String table(List<KeyReference> keys) {
    StringBuilder table =
        new StringBuilder("| key | value | default | meaning |\n| --- | --- | --- | --- |\n");
    for (KeyReference key : keys) {
      String spellings =
          key.spellings().isEmpty() ? "" : " Also `" + String.join("`, `", key.spellings()) + "`.";
      boolean words = List.of("required", "none", "its defaults").contains(key.preset());
      table.append(
          "| `%s` | %s | %s | %s |\n"
              .formatted(
                  key.path(),
                  key.type(),
                  words ? key.preset() : "`" + key.preset() + "`",
                  key.description() + spellings));
    }
    return table.toString();
  }
}
