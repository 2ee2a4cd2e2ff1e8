package dev.reticent.evaluation.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Grading over HTTP, by a judge that misbehaves in every way we know of. */
class JudgeTest {
  private static final String KEY = "sk-test-0123456789";

  @TempDir private Path folder;
  private MisbehavingJudge server;

  @BeforeEach
  void start() throws IOException {
    server = MisbehavingJudge.start();
    Files.writeString(folder.resolve("key"), KEY + "\n");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Config config() {
    return Config.empty()
        .with("base_url", server.url() + "/v1")
        .with("api_key_file", folder.resolve("key").toString())
        .with("max_attempts", 4);
  }

  private static Item item(String mood) {
    return new Item(mood, mood + " or not?", "the answer", "the answer", false);
  }

  private static List<Item> items(String... moods) {
    return Stream.of(moods).map(JudgeTest::item).toList();
  }

  private List<Grade> grade(Config config, List<Item> items) {
    try (Judge judge = Judge.open(JudgeSettings.of(config), folder.resolve("cache"))) {
      return judge.grade(Criterion.ANSWER_CORRECTNESS, items, done -> {});
    }
  }

  @Test
  void everyRowEndsInExactlyOneOutcome() {
    Map<String, Outcome> expected = new LinkedHashMap<>();
    expected.put("fine", Outcome.SCORED);
    expected.put("busy", Outcome.SCORED);
    expected.put("broken", Outcome.SCORED);
    expected.put("lost", Outcome.SCORED);
    expected.put("page", Outcome.SCORED);
    expected.put("silent", Outcome.SCORED);
    expected.put("parts", Outcome.SCORED);
    expected.put("down", Outcome.HTTP_FAILED);
    expected.put("garbage", Outcome.UNPARSEABLE);
    expected.put("cut", Outcome.TRUNCATED);
    expected.put("seven", Outcome.OUT_OF_RANGE);
    expected.put("refuses", Outcome.REFUSED);
    expected.put("filter", Outcome.REFUSED);
    expected.put("choiceless", Outcome.UNPARSEABLE);
    expected.put("wordless", Outcome.HTTP_FAILED);
    List<Item> items = new ArrayList<>(items(expected.keySet().toArray(String[]::new)));
    items.add(new Item("no target", "fine or not?", "the answer", "", false));
    List<Grade> grades = grade(config(), items);
    Map<String, Outcome> got = new LinkedHashMap<>();
    for (int i = 0; i < expected.size(); i++) {
      got.put(items.get(i).id(), grades.get(i).outcome());
    }
    assertThat(got).isEqualTo(expected);
    assertThat(grades.get(expected.size()).outcome()).isEqualTo(Outcome.SKIPPED);
    assertThat(grades.get(0).score()).hasValue(5);
    assertThat(grades.get(0).model()).isEqualTo("gpt-4-0613");
    assertThat(grades.get(0).fingerprint()).isEqualTo("fp_rule_1");
    assertThat(grades.get(7).justification()).contains("4 attempts", "503");
  }

  @Test
  void runningAgainAsksOnlyWhatHasNoVerdict() {
    List<Item> items = items("fine", "good", "garbage", "seven", "nice");
    List<Grade> first = grade(config(), items);
    int before = server.asked().size();
    List<Grade> second = grade(config(), items);
    assertThat(before).isEqualTo(5);
    assertThat(server.asked()).hasSize(7);
    assertThat(second.stream().map(Grade::score))
        .isEqualTo(first.stream().map(Grade::score).toList());
    grade(config().with("temperature", 0.5), items("fine"));
    assertThat(server.asked()).as("another temperature is another question").hasSize(8);
  }

  @Test
  void whatTheUserHasToMendEndsTheJudgeInHisWords() throws IOException {
    Files.writeString(folder.resolve("cache"), "no folder");
    assertThatThrownBy(() -> grade(config(), items("fine", "good")))
        .isInstanceOf(UserInputException.class)
        .hasMessageContainingAll("cannot be kept in", "name another folder");
  }

  @Test
  void aDamagedVerdictIsAskedForAgain() throws IOException {
    grade(config(), items("fine"));
    try (Stream<Path> files = Files.walk(folder.resolve("cache"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.writeString(file, "{\"text\": \"{");
      }
    }
    assertThat(grade(config(), items("fine")).get(0).score()).hasValue(5);
    assertThat(server.asked()).hasSize(2);
  }

  @Test
  void aWrongKeyStopsAtOnceAndIsToldNowhere() throws IOException {
    List<Item> items = new ArrayList<>(items("unauthorised"));
    for (int i = 0; i < 200; i++) {
      items.add(new Item("" + i, "fine " + i, "a", "a", false));
    }
    List<Grade> grades = grade(config().with("max_workers", 1), items);
    assertThat(grades.get(0).outcome()).isEqualTo(Outcome.HTTP_FAILED);
    assertThat(grades.get(0).justification()).contains("401").doesNotContain(KEY);
    assertThat(grades.subList(1, 201)).allMatch(g -> g.outcome() == Outcome.SKIPPED);
    assertThat(server.asked()).hasSize(1);
    assertThat(server.asked().get(0).headers().get("Authorization"))
        .containsExactly("Bearer " + KEY);
    assertThat(JudgeSettings.of(config()).toString()).doesNotContain(KEY);
  }

  @Test
  void anEmptyQuotaIsNotAskedAgain() {
    List<Grade> grades = grade(config().with("max_workers", 1), items("quota", "fine"));
    assertThat(grades.get(0).outcome()).isEqualTo(Outcome.HTTP_FAILED);
    assertThat(grades.get(1).outcome()).isEqualTo(Outcome.SKIPPED);
    assertThat(server.asked()).hasSize(1);
  }

  @Test
  void aWrongRequestStopsTheRunOnlyBeforeAnythingWasRight() {
    Config one = config().with("max_workers", 1);
    assertThat(grade(one, items("wrong", "fine")).get(1).outcome()).isEqualTo(Outcome.SKIPPED);
    List<Grade> grades = grade(one, items("fine", "wrong", "nice"));
    assertThat(grades.stream().map(Grade::outcome))
        .containsExactly(Outcome.SCORED, Outcome.HTTP_FAILED, Outcome.SCORED);
  }

  @Test
  void anEndpointWithoutJsonSchemasIsAskedInWords() {
    try (Judge judge = Judge.open(JudgeSettings.of(config()), folder.resolve("cache"))) {
      List<Grade> grades =
          judge.grade(Criterion.ANSWER_SIMILARITY, items("schemaless"), done -> {});
      assertThat(grades.get(0).score()).hasValue(5);
      assertThat(judge.notes()).anyMatch(note -> note.contains("no JSON schema"));
    }
    assertThat(server.asked().get(0).body().has("response_format")).isTrue();
    assertThat(server.asked().get(1).body().has("response_format")).isFalse();
  }

  @Test
  void parametersAreMlflowsInItsMode() {
    grade(config().with("mode", "mlflow-v1"), items("fine"));
    var body = server.asked().get(0).body();
    assertThat(body.path("model").asText()).isEqualTo("gpt-4");
    assertThat(body.path("temperature").asDouble()).isZero();
    assertThat(body.path("top_p").asDouble()).isEqualTo(1);
    assertThat(body.path("max_tokens").asInt()).isEqualTo(200);
    assertThat(body.has("seed")).isFalse();
    assertThat(body.has("response_format")).isFalse();
    assertThat(body.path("messages").size()).isEqualTo(1);
  }

  @Test
  void theCostCapIsNeverPassed() {
    Config priced =
        config()
            .with("price_per_million_prompt_tokens", 30)
            .with("price_per_million_completion_tokens", 60)
            .with("max_tokens", 100)
            .with("max_cost", 0.2);
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      items.add(new Item("" + i, (i % 2 == 0 ? "silent " : "fine ") + i, "a", "a", false));
    }
    JudgeSettings settings = JudgeSettings.of(priced);
    try (Judge judge = Judge.open(settings, folder.resolve("cache"))) {
      List<Grade> grades = judge.grade(Criterion.ANSWER_CORRECTNESS, items, done -> {});
      assertThat(judge.spent().cost()).isPositive().isLessThanOrEqualTo(0.2);
      assertThat(judge.spent().uncounted()).isPositive();
      assertThat(grades).anyMatch(g -> g.outcome() == Outcome.SCORED);
      assertThat(grades)
          .anyMatch(g -> g.outcome() == Outcome.SKIPPED && g.justification().contains("max_cost"));
    }
    Judge.Estimate estimate = Judge.estimate(settings, Criterion.ANSWER_CORRECTNESS, items);
    assertThat(estimate.requests()).isEqualTo(60);
    assertThat(estimate.mostCost()).isGreaterThan(estimate.likelyCost()).isGreaterThan(0.2);
  }

  @Test
  void privateRowsStayHereUnlessTheUserAcceptsInWords() {
    Item secret = new Item("1", "fine?", "a", "a", true);
    assertThat(grade(config(), List.of(secret)).get(0).outcome()).isEqualTo(Outcome.SCORED);
    // The same server by a name that is not this machine's.
    Config outside = Config.empty().with("base_url", "http://judge.invalid/v1");
    Grade withheld = grade(outside, List.of(secret)).get(0);
    assertThat(withheld.outcome()).isEqualTo(Outcome.SKIPPED);
    assertThat(withheld.justification()).contains("private");
    Config accepted = outside.with("private_rows", JudgeSettings.CONSENT).with("max_attempts", 1);
    assertThat(grade(accepted, List.of(secret)).get(0).outcome()).isEqualTo(Outcome.HTTP_FAILED);
    assertThatThrownBy(() -> JudgeSettings.of(outside.with("private_rows", "send")))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining(JudgeSettings.CONSENT);
  }

  @Test
  void theMedianOfTheRepeatsCountsAndTheSpreadIsTold() {
    Grade grade = grade(config().with("repeats", 3), items("wavers")).get(0);
    assertThat(grade.score()).hasValue(3);
    assertThat(grade.spread()).isEqualTo(2);
    assertThat(grade.repeats()).isEqualTo(3);
    // Of five repeats 2, 3, 4, 5 and 6 the last is off the scale.
    Item anew = new Item("1", "wavers anew", "a", "a", false);
    Grade five = grade(config().with("repeats", 5), List.of(anew)).get(0);
    assertThat(five.score()).hasValue(3);
    assertThat(five.repeats()).isEqualTo(4);
  }

  @Test
  void azureIsAskedByDeploymentWithItsOwnHeader() {
    grade(
        config().with("provider", "azure").with("base_url", server.url()).with("model", "mine"),
        items("fine"));
    MisbehavingJudge.Asked asked = server.asked().get(0);
    assertThat(asked.path())
        .isEqualTo("/openai/deployments/mine/chat/completions?api-version=2024-10-21");
    assertThat(asked.headers().get("Api-key")).containsExactly(KEY);
    assertThat(asked.headers()).doesNotContainKey("Authorization");
  }

  @Test
  void databricksIsAskedByEndpoint() {
    grade(
        config()
            .with("provider", "databricks")
            .with("base_url", server.url())
            .with("model", "databricks-meta-llama-3-3-70b-instruct"),
        items("fine"));
    MisbehavingJudge.Asked asked = server.asked().get(0);
    assertThat(asked.path()).isEqualTo("/serving-endpoints/chat/completions");
    assertThat(asked.body().path("model").asText())
        .isEqualTo("databricks-meta-llama-3-3-70b-instruct");
  }

  @Test
  void answersAreComparedInBothOrders() {
    List<Item> first = List.of(new Item("1", "q?", "a b c", "a b c", false));
    List<Item> second = List.of(new Item("1", "q?", "x y", "a b c", false));
    try (Judge judge = Judge.open(JudgeSettings.of(config()), folder.resolve("cache"))) {
      assertThat(judge.compare(first, second, done -> {}))
          .containsExactly(new Preference(Outcome.SCORED, 1, false));
    }
    assertThat(server.asked()).hasSize(2);
  }

  @Test
  void theStandInSaysWhatItIs() {
    Config config = Config.empty().with("provider", "stand_in");
    try (Judge judge = Judge.open(JudgeSettings.of(config), folder.resolve("cache"))) {
      List<Grade> grades = judge.grade(Criterion.ANSWER_SIMILARITY, items("fine"), done -> {});
      assertThat(grades.get(0).model()).isEqualTo("reticent-stand-in");
      assertThat(judge.notes()).contains(StandInJudge.WARNING);
    }
  }

  @Test
  void allProblemsOfASectionAreToldAtOnce() {
    Config bad =
        Config.empty()
            .with("provider", "azure")
            .with("mode", "loose")
            .with("repeats", 0)
            .with("max_cost", 1);
    assertThatThrownBy(() -> JudgeSettings.of(bad))
        .isInstanceOf(UserInputException.class)
        .hasMessageContainingAll("base_url", "mode", "repeats", "max_cost", "4 problems");
  }
}
