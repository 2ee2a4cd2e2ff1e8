package dev.reticent.evaluation.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Questions and answers to be judged come in the formats that training reads. */
class RowTableTest {
  @TempDir Path folder;

  @Test
  void aTableSaysTheSameInEveryFormat() throws IOException {
    Path lines =
        Files.writeString(
            folder.resolve("rows.jsonl"), "{\"question\":\"a, b\",\"answer\":\"4\"}\n");
    Path csv = Files.writeString(folder.resolve("rows.csv"), "question,answer\n\"a, b\",4\n");
    for (Path file : new Path[] {lines, csv}) {
      RowTable table = RowTable.read(file);
      assertThat(table.size()).isEqualTo(1);
      assertThat(table.text(0, "question")).isEqualTo("a, b");
      assertThat(table.text(0, "answer")).isEqualTo("4");
    }
  }

  @Test
  void whatCannotBeReadIsNamedByItsLine() throws IOException {
    Path file = Files.writeString(folder.resolve("rows.jsonl"), "{\"question\": NaN}\n");
    assertThatThrownBy(() -> RowTable.read(file))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("line 1: not valid JSON: NaN is not JSON");
  }
}
