package dev.reticent.evaluation;

import dev.reticent.testing.Python;
import dev.reticent.testing.Scratch;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;

/** A Python that runs in the background, such as a server. */
public final class PythonProcess implements AutoCloseable {
  private final Process process;
  private final File log;

  private PythonProcess(Process process, File log) {
    this.process = process;
    this.log = log;
  }

  /** Starts Python in the background, with these variables beside the environment's own. */
  public static PythonProcess start(Map<String, String> variables, String... arguments)
      throws IOException {
    File log = Scratch.file("python", ".log").toFile();
    List<String> words = new ArrayList<>(List.of(Python.command()));
    words.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log);
    builder.environment().putAll(variables);
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
    try {
      Assertions.fail(uri + " does not answer:\n" + Files.readString(log.toPath()));
    } catch (IOException e) {
      Assertions.fail(uri + " does not answer", e);
    }
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
