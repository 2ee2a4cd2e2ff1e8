package dev.reticent.cli;

import dev.reticent.config.Config;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Parameters;

/** A config file and what the command line changes in it; a mixin of commands. */
public final class ConfigOptions {

  @Parameters(
      index = "0",
      paramLabel = "CONFIG.yaml",
      description = "The config file; not needed where settings say all.")
  private String file = "";

  @Parameters(
      index = "1..*",
      paramLabel = "key=value",
      description = "Settings that replace those of the file; ~key removes one.")
  private List<String> overrides = List.of();

  /**
   * The file's settings with the changes, or these alone where the first is one already.
   *
   * @throws dev.reticent.config.UserInputException when the file cannot be read
   */
  public Config config() {
    if (isSetting(file)) {
      List<String> all = new ArrayList<>(List.of(file));
      all.addAll(overrides);
      return Config.empty().withOverrides(all);
    }
    return Config.read(Path.of(file)).withOverrides(overrides);
  }

  private static boolean isSetting(String word) {
    return word.matches("[a-z0-9_.]+=.*") && !Files.exists(Path.of(word));
  }
}
