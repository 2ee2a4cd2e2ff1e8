package dev.reticent.evaluation;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * RETICENT_PYTHON, else python3. A test whose modules are missing is skipped and says how to enable
 * it; with CI=true it fails.
 */
public final class PythonProcess implements AutoCloseable {
  private final Process process;
  private final File log;

  private PythonProcess(Process process, File log) {
    this.process = process;
    this.log = log;
  }

  /** Skips or fails the test unless Python can import these modules. */
  public static void require(String... modules) {
    String list = String.join(", ", modules);
    if (status("-c", "import " + list) != 0) {
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

  private static List<String> command(String... arguments) {
    List<String> words = new ArrayList<>();
    words.add(Optional.ofNullable(System.getenv("RETICENT_PYTHON")).orElse("python3"));
    words.addAll(List.of(arguments));
    return words;
  }

  private static int status(String... arguments) {
    try {
      return new ProcessBuilder(command(arguments))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      return 127;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a script under src/test/python prints. */
  public static String run(String script, String... arguments) throws Exception {
    List<String> words = command(Path.of("src", "test", "python", script).toString());
    words.addAll(List.of(arguments));
    File errors = File.createTempFile("python", ".log");
    Process process = new ProcessBuilder(words).redirectError(errors).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Assertions.assertEquals(0, process.waitFor(), () -> "see " + errors);
    return output;
  }

  /** Starts Python in the background. */
  public static PythonProcess start(String... arguments) throws IOException {
    File log = File.createTempFile("python", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command(arguments)).redirectErrorStream(true).redirectOutput(log);
    return new PythonProcess(builder.start(), log);
  }

  /** Waits until an address answers. */
  public void awaitHttp(URI uri, int seconds) throws InterruptedException {
    HttpClient http = HttpClient.newHttpClient();
    for (int i = 0; i < 4 * seconds && process.isAlive(); i++) {
      try {
        HttpRequest request = HttpRequest.newBuilder(uri).build();
        if (http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        // not there yet
      }
      Thread.sleep(250);
    }
    Assertions.fail(uri + " does not answer; see " + log);
  }

  /** Ends it and what it started. */
  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
