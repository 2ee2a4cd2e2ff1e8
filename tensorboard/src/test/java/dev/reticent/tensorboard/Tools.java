package dev.reticent.tensorboard;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * Python for tests that need it: RETICENT_PYTHON, else python3. A test without it is skipped and
 * says how to enable it; with CI=true it fails.
 */
final class Tools {

  private Tools() {}

  /** The interpreter, once it has imported these modules. */
  static String python(String... modules) {
    String python = Optional.ofNullable(System.getenv("RETICENT_PYTHON")).orElse("python3");
    Run run = run(python, "-c", "import " + String.join(", ", modules));
    if (run.status() != 0) {
      String message =
          "needs a Python with "
              + String.join(", ", modules)
              + ": install them and set RETICENT_PYTHON to that python (tried "
              + python
              + ")";
      if ("true".equals(System.getenv("CI"))) {
        Assertions.fail(message);
      }
      Assumptions.abort(message);
    }
    return python;
  }

  /** How a command ended, and its standard output and errors together. */
  record Run(int status, String output) {}

  /** Runs a command to its end, three minutes at most. */
  static Run run(String... command) {
    try {
      Path log = java.nio.file.Files.createTempFile("run", ".log");
      List<String> words = new ArrayList<>(List.of(command));
      Process process =
          new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile()).start();
      process.getOutputStream().close();
      if (!process.waitFor(3, TimeUnit.MINUTES)) {
        process.destroyForcibly();
      }
      return new Run(process.waitFor(), java.nio.file.Files.readString(log));
    } catch (IOException e) {
      return new Run(127, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
