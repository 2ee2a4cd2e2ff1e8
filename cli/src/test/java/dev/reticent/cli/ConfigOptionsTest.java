package dev.reticent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Settings come from a file, from the command line, or from both. */
class ConfigOptionsTest {
  @Command
  private static final class Asked {
    @Mixin private ConfigOptions options = new ConfigOptions();
  }

  private static String read(String... words) {
    Asked asked = new Asked();
    var unused = new CommandLine(asked).parseArgs(words);
    return asked.options.config().toYaml();
  }

  @Test
  void settingsAloneAreAConfig() {
    assertThat(read("judge.base_url=http://127.0.0.1//v1", "saving_dir=runs/a"))
        .contains("http://127.0.0.1//v1", "runs/a");
  }

  @Test
  void settingsReplaceThoseOfTheFileWhateverItsName(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("a=b.yaml");
    Files.writeString(file, "judge: {base_url: http://file}\nsaving_dir: runs/file\n");
    assertThat(read(file.toString(), "saving_dir=runs/b"))
        .contains("http://file", "runs/b")
        .doesNotContain("runs/file");
  }
}
