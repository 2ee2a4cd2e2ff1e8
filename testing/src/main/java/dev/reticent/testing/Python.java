package dev.reticent.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;

/** The Python that tests use: RETICENT_PYTHON, else python3. */
public final class Python {
  private static final Path SCRIPTS = Path.of("src", "test", "python");
  private static final Map<String, String> OFFLINE = Map.of("HF_HUB_OFFLINE", "1");
  private static final int MINUTES = 10;

  /** Looks for modules without importing them: torch and transformers take seconds to import. */
  private static final String FIND =
      "import sys; from importlib.util import find_spec;"
          + " sys.exit(any(find_spec(name) is None for name in sys.argv[1:]))";

  private Python() {}

  /** The interpreter. */
  public static String command() {
    return Optional.ofNullable(System.getenv("RETICENT_PYTHON")).orElse("python3");
  }

  /**
   * Skips the test unless Python has these modules; with CI=true the test fails. One that is there
   * and cannot be imported fails the test's own script, which says why.
   */
  public static void require(String... modules) {
    List<String> words = new ArrayList<>(List.of(command(), "-c", FIND));
    words.addAll(List.of(modules));
    if (Command.run(OFFLINE, MINUTES, words.toArray(String[]::new)).status() != 0) {
      Command.missing(
          "needs a Python with "
              + String.join(", ", modules)
              + " (.ci/requirements.txt): install them and set RETICENT_PYTHON to that python"
              + " (tried "
              + command()
              + ")");
    }
  }

  /** What a script of the module's {@code src/test/python} prints; it must end well. */
  public static String run(String script, String... arguments) {
    List<String> words = new ArrayList<>(List.of(command(), SCRIPTS.resolve(script).toString()));
    words.addAll(List.of(arguments));
    try {
      Path output = Scratch.file("python", ".out");
      Path errors = Scratch.file("python", ".log");
      try {
        ProcessBuilder builder =
            new ProcessBuilder(words)
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        int status = Command.status(builder, OFFLINE, MINUTES);
        if (status != 0) {
          Assertions.fail(script + " ended with " + status + ":\n" + Files.readString(errors));
        }
        return Files.readString(output);
      } finally {
        Files.delete(output);
        Files.delete(errors);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(script + " cannot be run", e);
    }
  }
}
