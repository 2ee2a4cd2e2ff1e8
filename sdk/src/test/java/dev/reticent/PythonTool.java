package dev.reticent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * The scripts under src/test/python, run by RETICENT_PYTHON, else python3. A test whose modules are
 * missing is skipped and says how to enable it; with CI=true it fails.
 */
public final class PythonTool {
  private static final Path SCRIPTS = Path.of("src", "test", "python");

  private PythonTool() {}

  /** Skips or fails the test unless Python can import these modules. */
  public static void require(String... modules) {
    String list = String.join(", ", modules);
    if (python("-c", "import " + list).status() != 0) {
      String message =
          "needs a Python with "
              + list
              + " (.ci/requirements.txt): install them and set RETICENT_PYTHON to that python";
      if ("true".equals(System.getenv("CI"))) {
        Assertions.fail(message);
      }
      Assumptions.abort(message);
    }
  }

  /** What a script prints. */
  public static String run(String script, String... arguments) {
    List<String> words = new ArrayList<>(List.of(SCRIPTS.resolve(script).toString()));
    words.addAll(List.of(arguments));
    Run run = python(words.toArray(String[]::new));
    Assertions.assertEquals(0, run.status(), run.output());
    return run.output();
  }

  private record Run(int status, String output) {}

  private static Run python(String... arguments) {
    List<String> words = new ArrayList<>();
    words.add(Optional.ofNullable(System.getenv("RETICENT_PYTHON")).orElse("python3"));
    words.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("HF_HUB_OFFLINE", "1");
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Run(process.waitFor(), output);
    } catch (IOException e) {
      return new Run(127, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
