package dev.reticent.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every file of configs/ opens with the command that runs it, and can be read. */
class ConfigFilesTest {
  private static final Path FOLDER = Path.of("..", "configs");

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      List<Path> all =
          files
              .filter(f -> f.toString().endsWith(".yaml"))
              // Those of another module's command are read by its own test.
              .filter(f -> !f.endsWith("evaluate.yaml"))
              .sorted()
              .toList();
      assertThat(all).hasSizeGreaterThanOrEqualTo(4);
      return all;
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void theFirstLineIsTheCommandThatRunsTheFile(Path file) throws IOException {
    String first = Files.readAllLines(file).get(0);
    assertThat(first)
        .matches(
            "# \\./reticent (finetune|sample|serve) configs/"
                + file.getFileName()
                + "( \\S+=\\S+)*");
    String[] words = first.split(" ");
    Config config = Config.read(file).withOverrides(List.of(words).subList(4, words.length));
    if (words[2].equals("finetune")) {
      FinetuneConfig read = FinetuneConfig.of(config);
      assertThat(read.lora()).isPresent();
      assertThat(FinetuneConfig.of(config.resolved(FinetuneConfig::read))).isEqualTo(read);
    } else if (words[2].equals("serve")) {
      ServeConfig read = ServeConfig.of(config);
      assertThat(read.adapters()).isNotEmpty();
      assertThat(ServeConfig.of(config.resolved(ServeConfig::read))).isEqualTo(read);
    } else {
      SampleConfig read = SampleConfig.of(config);
      assertThat(read.prompts()).isNotEmpty();
      assertThat(SampleConfig.of(config.resolved(SampleConfig::read))).isEqualTo(read);
    }
  }
}
