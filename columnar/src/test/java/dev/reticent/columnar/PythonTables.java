package dev.reticent.columnar;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** What pyarrow writes, by the scripts under src/test/python. */
final class PythonTables {
  private PythonTables() {}

  /** Runs a script on a folder; without pyarrow the tests are skipped, and with CI=true fail. */
  static void write(String script, Path folder) throws IOException, InterruptedException {
    String python = Optional.ofNullable(System.getenv("RETICENT_PYTHON")).orElse("python3");
    Process process;
    try {
      process =
          new ProcessBuilder(python, "src/test/python/" + script, folder.toString())
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      unavailable(e.toString());
      return;
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      unavailable(output);
    }
  }

  private static void unavailable(String why) {
    String message =
        "needs a Python with pyarrow (.ci/requirements.txt): set RETICENT_PYTHON to it; " + why;
    if ("true".equals(System.getenv("CI"))) {
      Assertions.fail(message);
    }
    Assumptions.abort(message);
  }
}
