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
    Relative paths start at the current folder. Nothing is read from the environment.

    ## Models

    `reticent-tiny` comes with Reticent. Any other model is a folder you bring, with `config.json`,
    `tokenizer.json` and safetensors, as Hugging Face has it: `foundation_model_name: path/to/folder`,
    or a name with `model_dir` or `models_root`. The names `open_mistral_7b`, `llama3-8b`, `llama3-70b` and
    `phi_3_mini` also find the folder called as on the hub, such as `models_root/Mistral-7B-v0.1`.

    ## Fine-tuning

    `./reticent finetune FILE.yaml [key=value…]`

    %s
    ## Sampling

    `./reticent sample FILE.yaml [key=value…]`

    %s
    ## Serving

    `./reticent serve FILE.yaml [key=value…]`

    %s\
    """
        .formatted(
            COMMAND,
            table(FinetuneConfig::read),
            table(SampleConfig::read),
            table(ServeConfig::read));
  }

  private static String table(Function<Section, ?> reader) {
    StringBuilder table =
        new StringBuilder("| key | value | default | meaning |\n| --- | --- | --- | --- |\n");
    for (KeyReference key : Config.reference(reader)) {
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
