package dev.reticent.serving;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A {@link LoadClient} in a process of its own. */
final class LoadProcess implements AutoCloseable {
  private final Process process;
  private final PrintWriter out;
  private final BufferedReader in;
  private double cpuSeconds;

  private LoadProcess(Process process) {
    this.process = process;
    this.out = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
    this.in =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  static LoadProcess start() throws IOException {
    return new LoadProcess(
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                LoadClient.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  /** What one round took; {@code clientCpuSeconds} is this process's share. */
  record Load(double seconds, double clientCpuSeconds, List<Double> firstMillis) {}

  /** Puts a load on a server: {@code URL MODEL VOCABULARY TOKENS STREAMED CLIENTS EACH ROUND}. */
  Load put(String words) {
    out.println(words);
    try {
      String line = in.readLine();
      if (line == null) {
        throw new IllegalStateException("the client ended");
      }
      double[] values = Arrays.stream(line.split(" ")).mapToDouble(Double::parseDouble).toArray();
      double used = values[1] - cpuSeconds;
      cpuSeconds = values[1];
      return new Load(values[0], used, Arrays.stream(values).skip(2).boxed().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    out.close();
    process.destroy();
  }
}
