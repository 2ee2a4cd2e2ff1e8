package dev.reticent.evaluation.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.cli.Subcommand;
import dev.reticent.config.Config;
import dev.reticent.evaluation.judge.Criterion;
import dev.reticent.evaluation.judge.MisbehavingJudge;
import dev.reticent.evaluation.judge.Outcome;
import dev.reticent.evaluation.report.Evaluation;
import dev.reticent.evaluation.report.GradeSummary;
import dev.reticent.evaluation.report.ModelResult;
import dev.reticent.recipe.DPFinetuningRecipe;
import dev.reticent.run.FinetuneListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The whole comparison on this machine: training, answering, judging, reporting. */
class EvaluationTest {
  private static final String KEY = "sk-test-0123456789";

  @TempDir private Path folder;

  private static final class Quiet implements EvaluationListener, FinetuneListener {
    @Override
    public void notice(String message) {}
  }

  /** A few steps on few rows: enough to differ from the base model, not to be good. */
  private Path train(String name, boolean isPrivate) throws IOException {
    Path rows = folder.resolve("train.jsonl");
    if (!Files.exists(rows)) {
      dev.reticent.quickstart.QuickstartQuestions.write(
          rows, dev.reticent.quickstart.QuickstartQuestions.training(1500));
    }
    Path run = folder.resolve(name);
    Config config =
        Config.parse(
                name,
                """
                foundation_model_name: reticent-tiny
                lora: {lora_attn_modules: [q_proj, k_proj, v_proj, output_proj], apply_lora_to_mlp: true}
                dataset: {max_length: 64, evaluation: public, held_out_fraction: 0}
                privacy: {target_epsilon: 3, delta: 1e-5, public_units: 1500}
                l2_norm_clip: 1
                physical_batch_size: 16
                batch_size: 64
                max_steps: 10
                learning_rate: 5e-3
                """)
            .with("dataset.train_file", rows.toString())
            .with("privacy.enabled", isPrivate)
            .with("saving_dir", run.toString());
    DPFinetuningRecipe.of(isPrivate ? config : config.without("l2_norm_clip")).run(new Quiet());
    return run;
  }

  @Test
  void baseNonPrivateAndPrivateModelsAreComparedOffline() throws Exception {
    Path plain = train("non-dp", false);
    Path dp = train("dp", true);
    Path out = folder.resolve("evaluation");
    Config config =
        Config.read(Path.of("..", "configs", "evaluate.yaml"))
            .with("non_dp.checkpoint_path", plain.toString())
            .with("dp.checkpoint_path", dp.toString())
            .with("dataset.limit", 24)
            .with("saving_dir", out.toString());
    Loads loads = new Loads();
    Evaluation evaluation;
    try (loads) {
      evaluation = EvaluationRecipe.of(config).run(new Quiet());
    }
    assertThat(loads.count()).as("one base, for answers and losses of three models").isEqualTo(1);
    assertThat(evaluation.problem()).isEmpty();
    assertThat(evaluation.models().stream().map(ModelResult::key))
        .containsExactly("base", "non_dp", "dp");
    assertThat(evaluation.name("dp")).isEqualTo("Fine-tuned with DP (ε = 3.00, δ = 1e-5)");
    for (ModelResult model : evaluation.models()) {
      for (Criterion criterion : Criterion.values()) {
        GradeSummary summary = model.summaries().get(criterion);
        assertThat(summary.rows()).isEqualTo(24);
        assertThat(summary.outcomes()).containsEntry(Outcome.SCORED, 24);
      }
    }
    assertThat(evaluation.models().get(1).heldOutLoss().orElseThrow())
        .as("training lowered the held-out loss")
        .isLessThan(evaluation.models().get(0).heldOutLoss().orElseThrow());
    assertThat(evaluation.comparisons()).hasSize(3);
    assertThat(evaluation.comparisons().get(0).pairwise()).isPresent();
    assertThat(Files.readString(out.resolve("report.html")))
        .contains("No language model graded these answers", "reticent-stand-in");
    for (String name :
        new String[] {
          "results.jsonl",
          "summary.json",
          "summary.md",
          "grades.svg",
          "grades.png",
          "means.svg",
          "means.png",
          "dp/eval_results_table.json",
          "dp/predictions.jsonl"
        }) {
      assertThat(out.resolve(name)).isNotEmptyFile();
    }
    try (Stream<Path> events = Files.list(out.resolve("tensorboard").resolve("dp"))) {
      assertThat(events).hasSize(1);
    }
  }

  private Path misbehaving(MisbehavingJudge server) throws IOException {
    List<String> moods =
        List.of("fine", "busy", "broken", "garbage", "cut", "seven", "refuses", "down", "lost");
    StringBuilder rows = new StringBuilder();
    StringBuilder answers = new StringBuilder();
    for (String mood : moods) {
      rows.append("{\"question\": \"%s?\", \"answer\": \"yes\"}\n".formatted(mood + " or not"));
      answers.append("{\"prediction\": \"yes\", \"human\": 5}\n");
    }
    Files.writeString(folder.resolve("rows.jsonl"), rows);
    Files.writeString(folder.resolve("answers.jsonl"), answers);
    Files.writeString(folder.resolve("key"), KEY);
    Path config = folder.resolve("evaluate.yaml");
    Files.writeString(
        config,
        """
        dataset: {file: %1$s/rows.jsonl}
        dp: {predictions: %1$s/answers.jsonl, human_field: human}
        judge: {base_url: "%2$s/v1", api_key_file: %1$s/key, max_attempts: 3, max_workers: 4}
        criteria: answer_correctness
        saving_dir: %1$s/out
        """
            .formatted(folder, server.url()));
    return config;
  }

  private static int run(StringWriter out, StringWriter err, String... arguments) {
    CommandLine line = new CommandLine(new Root());
    ServiceLoader.load(Subcommand.class).forEach(line::addSubcommand);
    return line.setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  @CommandLine.Command(name = "reticent")
  private static final class Root {}

  @Test
  void aRunWithTooFewGradesFailsAndTheKeyIsNowhere() throws Exception {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    try (MisbehavingJudge server = MisbehavingJudge.start()) {
      String config = misbehaving(server).toString();
      assertThat(run(out, err, "evaluate", config, "--json")).isEqualTo(1);
      JsonNode metrics = new ObjectMapper().readTree(out.toString()).at("/models/dp/metrics");
      String name = "answer_correctness/strict/rows_";
      assertThat(metrics.path(name + "scored").asInt()).isEqualTo(4);
      for (String failed :
          List.of("unparseable", "truncated", "out_of_range", "refused", "http_failed")) {
        assertThat(metrics.path(name + failed).asInt()).as(failed).isEqualTo(1);
      }
      assertThat(err.toString()).contains("55.6 % of the rows have no grade");
      assertThat(run(out, err, "evaluate", config, "max_unscored=0.6")).isZero();
      assertThat(out.toString()).contains("Agreement with people");
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.endsWith("key")) {
          assertThat(
                  new String(
                      Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1))
              .as(file.toString())
              .doesNotContain(KEY);
        }
      }
    }
    assertThat(out + err.toString()).doesNotContain(KEY);
  }

  @Test
  void aDryRunAsksNobody() throws Exception {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    try (MisbehavingJudge server = MisbehavingJudge.start()) {
      String config = misbehaving(server).toString();
      int code =
          run(
              out,
              err,
              "evaluate",
              config,
              "--dry-run",
              "judge.price_per_million_prompt_tokens=30",
              "judge.price_per_million_completion_tokens=60");
      assertThat(code).isZero();
      assertThat(out.toString()).contains("9 requests", "In all: cost about 0.");
      assertThat(server.asked()).isEmpty();
      assertThat(folder.resolve("out")).doesNotExist();
    }
  }

  @Test
  void answersOfAModelTunedOnPrivateRowsAreAsPrivateAsThese() throws IOException {
    Path answers = folder.resolve("answers.jsonl");
    Files.writeString(answers, "{\"prediction\": \"a\"}\n".repeat(2));
    Config config =
        Config.empty()
            .with("non_dp.predictions", answers.toString())
            .with("dp.predictions", answers.toString())
            .with("dataset.limit", 2)
            .with("judge.base_url", "http://judge.invalid/v1")
            .with("judge.max_attempts", 1)
            .with("tensorboard", false)
            .with("saving_dir", folder.resolve("out").toString());
    Evaluation evaluation = EvaluationRecipe.of(config).run(new Quiet());
    assertThat(evaluation.models().get(0).summaries().get(Criterion.ANSWER_SIMILARITY).outcomes())
        .containsEntry(Outcome.SKIPPED, 2);
    assertThat(evaluation.models().get(1).summaries().get(Criterion.ANSWER_SIMILARITY).outcomes())
        .containsEntry(Outcome.HTTP_FAILED, 2);
    assertThat(evaluation.problem()).isPresent();
  }
}
