package dev.reticent.evaluation.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.Config;
import dev.reticent.config.KeyReference;
import dev.reticent.config.UserInputException;
import dev.reticent.data.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateConfigTest {
  private static final Path PAGE = Path.of("..", "docs", "evaluation.md");
  private static final String BEGIN = "<!-- settings: made by EvaluateConfigTest -->\n";
  private static final String END = "<!-- end of settings -->\n";
  private static final String COMMAND =
      "mvn -pl evaluation -am test -Dtest=EvaluateConfigTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dreticent.regenerate=true";

  @TempDir private Path folder;

  @Test
  void everyConfigOfThisCommandOpensWithItAndIsRead() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("..", "configs"))) {
      List<Path> ours = files.filter(f -> first(f).startsWith("# ./reticent evaluate")).toList();
      assertThat(ours).isNotEmpty();
      for (Path file : ours) {
        String[] words = first(file).split(" ");
        assertThat(words[3]).isEqualTo("configs/" + file.getFileName());
        Config config = Config.read(file).withOverrides(List.of(words).subList(4, words.length));
        EvaluateConfig read = EvaluateConfig.of(config);
        assertThat(read.models()).isNotEmpty();
        assertThat(EvaluateConfig.of(config.resolved(EvaluateConfig::read)).models())
            .isEqualTo(read.models());
      }
    }
  }

  private static String first(Path file) {
    try {
      return Files.readAllLines(file).get(0);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void thePageListsEveryKey() throws IOException {
    StringBuilder table =
        new StringBuilder("| key | value | default | meaning |\n| --- | --- | --- | --- |\n");
    List<KeyReference> keys = Config.reference(EvaluateConfig::read);
    assertThat(keys)
        .hasSizeGreaterThan(50)
        .allSatisfy(key -> assertThat(key.description()).as(key.path()).endsWith("."));
    for (KeyReference key : keys) {
      boolean words = List.of("required", "none", "its defaults").contains(key.preset());
      table.append(
          "| `%s` | %s | %s | %s |\n"
              .formatted(
                  key.path(),
                  key.type(),
                  words ? key.preset() : "`" + key.preset() + "`",
                  key.description()));
    }
    String page = Files.readString(PAGE);
    int begin = page.indexOf(BEGIN) + BEGIN.length();
    String fresh = page.substring(0, begin) + table + page.substring(page.indexOf(END));
    if (Boolean.getBoolean("reticent.regenerate")) {
      Files.writeString(PAGE, fresh);
    }
    assertThat(Files.readString(PAGE))
        .as("stale; write it anew with%n  %s", COMMAND)
        .isEqualTo(fresh);
  }

  @Test
  void allProblemsAreToldAtOnce() {
    Config bad =
        Config.parse(
            "bad.yaml",
            """
            base: {prediction_field: text}
            dp: {predictions: a.jsonl, checkpoint_path: runs/x}
            judge: {mode: kind, repeats: 0}
            criteria: [answer_beauty]
            max_unscored: 2
            judges: {}
            """);
    assertThatThrownBy(() -> EvaluateConfig.of(bad))
        .isInstanceOf(UserInputException.class)
        .hasMessageContainingAll(
            "base.predictions: missing",
            "dp.predictions: answers come from a file or from a model",
            "judge.mode",
            "judge.repeats",
            "criteria",
            "max_unscored",
            "judges");
  }

  @Test
  void rowsArePrivateUnlessSaidOtherwise() throws IOException {
    Path file = folder.resolve("rows.jsonl");
    Files.writeString(
        file,
        """
        {"question": "a?", "answer": "a", "public": true}
        {"question": "b?", "answer": "b", "secret": false}

        {"question": "c?", "secret": true}
        """);
    Config config =
        Config.empty().with("base.predictions", "x").with("dataset.file", file.toString());
    assertThat(ModelAnswers.questions(EvaluateConfig.of(config).data(), Tables.NONE))
        .allMatch(question -> question.isPrivate());
    Config marked =
        config.with("dataset.private_field", "secret").with("dataset.evaluation", "public");
    assertThat(ModelAnswers.questions(EvaluateConfig.of(marked).data(), Tables.NONE))
        .extracting("isPrivate")
        .containsExactly(false, false, true);
  }

  @Test
  void predictionsThatBelongToOtherQuestionsAreRefused() throws IOException {
    Path rows = folder.resolve("rows.jsonl");
    Path said = folder.resolve("said.jsonl");
    Files.writeString(rows, "{\"question\": \"a?\", \"answer\": \"a\"}\n");
    Config config =
        Config.empty()
            .with("base.predictions", said.toString())
            .with("dataset.file", rows.toString())
            .with("saving_dir", folder.resolve("out").toString());
    Files.writeString(said, "{\"prompt\": \"b?\", \"prediction\": \"x\"}\n");
    assertThatThrownBy(() -> EvaluationRecipe.of(config).run(new EvaluationListener() {}))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("row 1 answers 'b?' where the data asks 'a?'");
    Files.writeString(said, "{\"prediction\": [3]}\n");
    assertThatThrownBy(() -> EvaluationRecipe.of(config).run(new EvaluationListener() {}))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("row 1: found [3] under 'prediction', expected a text");
  }
}
