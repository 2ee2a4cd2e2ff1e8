package dev.reticent.evaluation.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.config.Config;
import dev.reticent.privacy.LocalSecret;
import dev.reticent.quickstart.QuickstartQuestions;
import dev.reticent.recipe.DPFinetuningRecipe;
import dev.reticent.run.FinetuneListener;
import dev.reticent.run.TinyRun;
import dev.reticent.serving.SamplingServer;
import dev.reticent.serving.ServeRecipe;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is behind a run, on data that differ in one unit which is never drawn: a server's answers,
 * its model cards and metrics, and an evaluation's files say the same of both.
 */
class NeighborAnswersTest {

  private static final long SEED = 3;
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir private Path folder;

  @Test
  void serverAndEvaluationTellNothingOfAUnit() throws Exception {
    Map<String, String> with = said("a secret");
    Map<String, String> without = said("");
    assertThat(with).containsKeys("GET v1/models", "GET metrics", "evaluation/summary.json");
    assertThat(with.get("POST v1/chat/completions")).contains("\"content\"");
    assertThat(with.keySet()).isEqualTo(without.keySet());
    assertThat(with).allSatisfy((what, text) -> assertThat(without.get(what)).isEqualTo(text));
  }

  /** Everything that is said of a run whose data hold this row, by where it is said. */
  private Map<String, String> said(String victim) throws Exception {
    Path run = train(victim);
    Map<String, String> said = new TreeMap<>();
    serve(said);
    evaluate(said);
    // The next run takes the same places.
    Files.move(run, folder.resolve("run of " + victim));
    Files.move(folder.resolve("evaluation"), folder.resolve("evaluation of " + victim));
    return said;
  }

  private Path train(String victim) throws IOException {
    Path file = folder.resolve("train.jsonl");
    QuickstartQuestions.write(file, QuickstartQuestions.training(60));
    List<String> rows = new ArrayList<>(Files.readAllLines(file));
    if (!victim.isEmpty()) {
      rows.add(TinyRun.lastRow(rows, victim, SEED));
    }
    Files.write(file, rows);
    Path run = folder.resolve("run");
    // The seal's key is part of the randomness that both runs share.
    Files.createDirectories(run.resolve("local"));
    Files.writeString(run.resolve("local").resolve(LocalSecret.FILE), "5".repeat(64));
    Config config =
        Config.read(Path.of("..", "configs", "quickstart.yaml"))
            .without("epochs")
            .without("lr_scheduler")
            .without("privacy.target_epsilon")
            .with("dataset.train_file", file.toString())
            .with("privacy.noise_multiplier", 1)
            .with("privacy.secure", false)
            .with("sampling_rate", 0.002)
            .with("physical_batch_size", 8)
            .with("batch_size", 8)
            .with("max_steps", 2)
            .with("seed", SEED)
            .with("saving_dir", run.toString());
    DPFinetuningRecipe.of(config).run(new FinetuneListener() {});
    return run;
  }

  private void serve(Map<String, String> said) throws Exception {
    Config config =
        Config.read(Path.of("..", "configs", "serve.yaml"))
            .with("adapters_root", folder.toString())
            .with("adapters", List.of("run"))
            .with("serving.port", 0);
    try (SamplingServer server = ServeRecipe.of(config).start()) {
      get(said, server, "v1/models");
      get(said, server, "v1/models/run");
      String question =
          """
          {"model": "run", "temperature": 0.7, "seed": 3, "max_tokens": 16, "logprobs": true,
           "messages": [{"role": "user", "content": "How do I delete table /rooms?"}]}
          """;
      post(said, server, "v1/chat/completions", question);
      post(said, server, "v1/chat/completions", question.replace("0.7", "\"hot\""));
      get(said, server, "v1/models/another");
      get(said, server, "metrics");
    }
  }

  private static void get(Map<String, String> said, SamplingServer server, String path)
      throws Exception {
    say(said, "GET " + path, HttpRequest.newBuilder(server.uri().resolve(path)).build());
  }

  private static void post(Map<String, String> said, SamplingServer server, String path, String of)
      throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(server.uri().resolve(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(of))
            .build();
    say(said, "POST " + path, request);
  }

  private static void say(Map<String, String> said, String name, HttpRequest request)
      throws Exception {
    HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    said.merge(
        name, answer.statusCode() + " " + withoutTimes(answer.body()), (a, b) -> a + "\n" + b);
  }

  private void evaluate(Map<String, String> said) throws Exception {
    Path out = folder.resolve("evaluation");
    Config config =
        Config.read(Path.of("..", "configs", "evaluate.yaml"))
            .without("non_dp")
            .with("dp.checkpoint_path", folder.resolve("run").toString())
            .with("dataset.limit", 4)
            .with("saving_dir", out.toString());
    EvaluationRecipe.of(config).run(new EvaluationListener() {});
    try (Stream<Path> files = Files.walk(out)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = "evaluation/" + out.relativize(file);
        byte[] bytes = Files.readAllBytes(file);
        if (name.contains("tfevents")) {
          // The clock of the evaluation itself, of public rows.
          said.put(name.replaceAll("tfevents.*", "tfevents"), String.valueOf(bytes.length));
        } else {
          said.put(name, withoutTimes(new String(bytes, StandardCharsets.ISO_8859_1)));
        }
      }
    }
  }

  /** The clocks and counters of the request at hand, not of the run, are taken out. */
  private static String withoutTimes(String text) {
    return text.replaceAll("(chatcmpl|cmpl|req)-[0-9a-zA-Z]+", "$1-ID")
        .replaceAll("\"created\":[0-9]+", "\"created\":0")
        .replaceAll("\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d(:\\d\\d)?(\\.\\d+)?Z?", "TIME")
        // This JVM's own, which tests before have filled and whose collections come when they come.
        .replaceAll("(?m)^(# (HELP|TYPE) )?(jvm|process|system)_.*\\R", "")
        .replaceAll("(?m)^([a-z_]+(\\{.*\\})?) [-0-9.E+naNIf]+$", "$1 VALUE");
  }
}
