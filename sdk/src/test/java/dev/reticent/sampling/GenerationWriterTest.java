package dev.reticent.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GenerationWriterTest {
  private static final Generation ANSWER =
      new Generation(
          List.of(),
          List.of(new GeneratedToken(4, "x", -0.5, List.of())),
          "a \"word\",\nthen 😀",
          FinishReason.STOP,
          "",
          3,
          0,
          7);

  @TempDir Path folder;

  @Test
  void csvQuotesWhatRfc4180AsksFor() throws IOException {
    Path file = folder.resolve("new/answers.csv");
    try (GenerationWriter writer = GenerationWriter.open(file, List.of("question"))) {
      writer.write(Map.of("question", "which, one"), ANSWER);
      writer.commit();
    }
    assertThat(Files.readString(file))
        .isEqualTo(
            String.join(
                "\r\n",
                "question,prediction,finish_reason,prompt_tokens,completion_tokens,seed,error",
                "\"which, one\",\"a \"\"word\"\",\nthen 😀\",stop,3,1,7,",
                ""));
  }

  @Test
  void eachLineOfJsonlIsOneAnswer() throws IOException {
    Path file = folder.resolve("answers.jsonl");
    try (GenerationWriter writer = GenerationWriter.open(file, List.of("question"))) {
      writer.write(Map.of("question", "q1"), ANSWER);
      writer.write(Map.of("question", "q2"), ANSWER);
      writer.commit();
    }
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(2);
    JsonNode row = new ObjectMapper().readTree(lines.get(1));
    assertThat(row.get("question").textValue()).isEqualTo("q2");
    assertThat(row.get("prediction").textValue()).isEqualTo(ANSWER.text());
    assertThat(row.get("finish_reason").textValue()).isEqualTo("stop");
    assertThat(row.get("completion_tokens").intValue()).isEqualTo(1);
  }

  @Test
  void withoutCommitTheOldFileStaysAndNothingElse() throws IOException {
    Path file = folder.resolve("answers.jsonl");
    Files.writeString(file, "old");
    try (GenerationWriter writer = GenerationWriter.open(file, List.of())) {
      writer.write(Map.of(), ANSWER);
    }
    assertThat(folder).isDirectoryContaining(file::equals);
    assertThat(Files.readString(file)).isEqualTo("old");
    assertThat(folder.toFile().list()).hasSize(1);
  }

  @Test
  void answersMayBeReadByWhoeverMayReadANewFile() throws IOException {
    Path ordinary = Files.writeString(folder.resolve("ordinary"), "x");
    Path file = folder.resolve("answers.csv");
    try (GenerationWriter writer = GenerationWriter.open(file, List.of("question"))) {
      writer.commit();
    }
    Assumptions.assumeTrue(
        Files.getFileStore(folder).supportsFileAttributeView("posix"), "needs POSIX permissions");
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(Files.getPosixFilePermissions(ordinary));
  }

  @ParameterizedTest
  @ValueSource(strings = {"answers.csv", "answers.jsonl"})
  void halfASurrogatePairLosesNoAnswer(String name) throws IOException {
    Path file = folder.resolve(name);
    try (GenerationWriter writer = GenerationWriter.open(file, List.of("question"))) {
      writer.write(Map.of("question", "odd \ud83d end"), ANSWER);
      writer.write(Map.of("question", "next"), ANSWER);
      writer.commit();
    }
    assertThat(Files.readString(file)).contains("odd ", " end", "next");
  }

  @Test
  void badNamesAreRefused() {
    assertThatThrownBy(() -> GenerationWriter.open(folder.resolve("a.txt"), List.of()))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining(".jsonl or .csv");
    assertThatThrownBy(() -> GenerationWriter.open(folder.resolve("a.csv"), List.of("seed")))
        .hasMessageContaining("two columns named seed");
  }
}
