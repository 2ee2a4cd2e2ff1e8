package dev.reticent.cli;

import dev.reticent.config.Config;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Parameters;

/** A config file and what the command line changes in it; a mixin of commands. */
public final class ConfigOptions {

  @Parameters(index = "0", paramLabel = "CONFIG.yaml", description = "The config file.")
  private Path file = Path.of("");

  @Parameters(
      index = "1..*",
      paramLabel = "key=value",
      description = "Settings that replace those of the file; ~key removes one.")
  private List<String> overrides = List.of();

  /**
   * The file's settings with the changes.
   *
   * @throws dev.reticent.config.UserInputException when the file cannot be read
   */
  public Config config() {
    return Config.read(file).withOverrides(overrides);
  }
}
