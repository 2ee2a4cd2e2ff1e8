package dev.reticent.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** Programs that tests run. */
public final class Command {

  private Command() {}

  /** How a program ended, and its standard output and errors together. */
  public record Run(int status, String output) {}

  /** Skips the test, saying what is missing and how to get it; with CI=true the test fails. */
  public static void missing(String message) {
    if ("true".equals(System.getenv("CI"))) {
      Assertions.fail(message);
    }
    Assumptions.abort(message);
  }

  /** Skips or fails the test unless there is a program that says its version. */
  public static void require(String program) {
    if (run(Map.of(), 1, program, "--version").status() != 0) {
      missing("needs the command " + program + ": install it");
    }
  }

  /**
   * Runs a program to its end.
   *
   * @param environment set beside what is there
   * @param minutes after which it and what it started are ended
   * @return status 127 where there is no such program
   */
  public static Run run(Map<String, String> environment, int minutes, String... words) {
    try {
      Path log = Scratch.file("run", ".log");
      try {
        ProcessBuilder builder =
            new ProcessBuilder(List.of(words))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        return new Run(status(builder, environment, minutes), Files.readString(log));
      } finally {
        Files.delete(log);
      }
    } catch (IOException e) {
      return new Run(127, String.valueOf(e.getMessage()));
    }
  }

  static int status(ProcessBuilder builder, Map<String, String> environment, int minutes)
      throws IOException {
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    try {
      if (!process.waitFor(minutes, TimeUnit.MINUTES)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      return process.waitFor();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
