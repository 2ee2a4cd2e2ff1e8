package dev.reticent.evaluation.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands with which the configs open work one after the other in a fresh folder, in the order
 * in which the quickstart names them; shortened by overrides at their ends.
 */
class FirstStepsTest {
  private static final Path CONFIGS = Path.of("..", "configs");

  private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:\\d+");

  @TempDir Path folder;

  @Test
  void eachCommandFindsWhatTheOneBeforeItMade() throws IOException, InterruptedException {
    Files.createSymbolicLink(folder.resolve("configs"), CONFIGS.toRealPath());
    // What `./reticent quickstart` does between its questions.
    finish(opening("quickstart"), shortened("saving_dir=runs/quickstart"));
    finish(opening("sample"), "max_new_tokens=4");
    served(opening("serve"), "serving.port=0");
    finish(opening("quickstart-non-private"), shortened());
    finish(opening("evaluate"), "dataset.limit=4", "sampling.max_new_tokens=4");
    assertThat(folder.resolve("runs/evaluation/report.html")).isRegularFile();
    assertThat(folder.resolve("runs/quickstart/local/samples/sample.csv")).isRegularFile();
    // The run can still be handed over.
    finish(List.of("privacy", "verify", "runs/quickstart"));
    finish(List.of("privacy", "pack", "runs/quickstart", "packed"));
    assertThat(folder.resolve("packed/local")).doesNotExist();
  }

  /** One step on few rows, few others held out. */
  private static String[] shortened(String... more) {
    List<String> overrides = new ArrayList<>(List.of(more));
    overrides.addAll(
        List.of(
            "max_steps=1",
            "batch_size=16",
            "physical_batch_size=4",
            "dataset.held_out_fraction=0.002"));
    return overrides.toArray(String[]::new);
  }

  private static List<String> opening(String config) throws IOException {
    String first = Files.readAllLines(CONFIGS.resolve(config + ".yaml")).get(0);
    assertThat(first).startsWith("# ./reticent ");
    return List.of(first.substring("# ./reticent ".length()).split(" "));
  }

  private void finish(List<String> command, String... overrides)
      throws IOException, InterruptedException {
    Path output = folder.resolve("output.txt");
    Process process = start(output, command, overrides);
    boolean ended = process.waitFor(300, TimeUnit.SECONDS);
    process.destroyForcibly();
    assertThat(ended).as(Files.readString(output)).isTrue();
    assertThat(process.exitValue()).as("%s: %s", command, Files.readString(output)).isZero();
  }

  private void served(List<String> command, String... overrides)
      throws IOException, InterruptedException {
    Path output = folder.resolve("served.txt");
    Process process = start(output, command, overrides);
    try {
      Matcher address = ADDRESS.matcher("");
      for (int i = 0; i < 1200 && process.isAlive() && !address.find(); i++) {
        Thread.sleep(100);
        address = ADDRESS.matcher(Files.readString(output));
      }
      assertThat(process.isAlive()).as(Files.readString(output)).isTrue();
      URI models = URI.create(address.group() + "/v1/models");
      HttpResponse<String> listed =
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(models).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(listed.body()).contains("\"quickstart\"").contains("\"reticent-tiny\"");
    } finally {
      process.destroy();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  private Process start(Path output, List<String> command, String... overrides) throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx700m",
                "-XX:TieredStopAtLevel=1",
                "-Dai.djl.offline=true",
                "-Dai.djl.pytorch.num_threads=1",
                "-cp",
                absolute(System.getProperty("java.class.path")),
                "dev.reticent.cli.Main"));
    words.addAll(command);
    words.addAll(List.of(overrides));
    return new ProcessBuilder(words)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  private static String absolute(String classPath) {
    return String.join(
        ":",
        List.of(classPath.split(":")).stream()
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .toList());
  }
}
