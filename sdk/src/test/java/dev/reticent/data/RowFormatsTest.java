package dev.reticent.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every format gives the same rows, and a file that holds none says what it is. */
class RowFormatsTest {
  private static final ReadOptions INSTRUCT = ReadOptions.of(SampleType.INSTRUCT);
  private static final String FIRST = "{\"question\":\"ä, \\\"b\\\"\\nc\",\"answer\":\"差\"}";
  private static final String SECOND = "{\"question\":\"d\",\"answer\":\" 1\"}";
  private static final String CSV = "question,answer\r\n\"ä, \"\"b\"\"\nc\",差\r\nd, 1\r\n";

  @TempDir Path folder;

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    try (OutputStream out =
        name.endsWith(".gz")
            ? new GZIPOutputStream(Files.newOutputStream(file))
            : Files.newOutputStream(file)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return file;
  }

  private static List<List<String>> contents(Path file) {
    return DatasetReading.of(file, INSTRUCT).dataset().samples().stream()
        .map(Sample::content)
        .toList();
  }

  @Test
  void allTextFormatsGiveTheSameRows() throws IOException {
    String lines = FIRST + "\n" + SECOND + "\n";
    List<List<String>> expected = contents(write("a.jsonl", lines));
    assertThat(contents(write("a.json", "[" + FIRST + "," + SECOND + "]"))).isEqualTo(expected);
    assertThat(contents(write("a.jsonl.gz", lines))).isEqualTo(expected);
    assertThat(contents(write("a.json.gz", "[" + FIRST + "," + SECOND + "]"))).isEqualTo(expected);
    assertThat(contents(write("packed", lines))).isEqualTo(expected);
    assertThat(contents(write("a.csv", CSV))).isEqualTo(expected);
    assertThat(contents(write("b.csv", "\uFEFF" + CSV))).isEqualTo(expected);
    assertThat(contents(write("a.csv.gz", CSV))).isEqualTo(expected);
    assertThat(contents(write("excel.csv", "question;answer\n\"ä, \"\"b\"\"\nc\";差\nd; 1\n")))
        .isEqualTo(expected);
    assertThat(contents(write("a.tsv", "question\tanswer\n\"ä, \"\"b\"\"\nc\"\t差\nd\t 1\n")))
        .isEqualTo(expected);
  }

  @Test
  void messagesMayStandInACellAsJson() throws IOException {
    String csv =
        "messages\n\"[{\"\"role\"\":\"\"user\"\",\"\"content\"\":\"\"q\"\"},"
            + "{\"\"role\"\":\"\"assistant\"\",\"\"content\"\":\"\"a\"\"}]\"\n";
    Dataset data = DatasetReading.of(write("m.csv", csv), INSTRUCT).dataset();
    assertThat(data.samples().get(0).content()).containsExactly("user", "q", "assistant", "a");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "x.csv|question,answer\\na,b\\nc|line 3: 1 fields where the first line names 2 columns",
        "x.csv|question,answer\\na,\"b\\nc,d|line 2: a quote is opened and never closed",
        "x.csv|question,question\\na,b|the first line must name the columns, each once",
        "x.csv|question,answer\\n|holds no rows",
        "x.jsonl|{\\n  \"question\": \"q\",\\n  \"answer\": \"a\"\\n}|an object over several lines",
        "x.jsonl|version https://git-lfs.github.com/spec/v1\\n"
            + "oid sha256:1\\n"
            + "size 2|run `git lfs pull`",
        "x.xlsx|PK\u0003\u0004....|an Excel sheet: unpack it, or save it as CSV",
        "x.json|<!DOCTYPE html>|is a web page",
        "x.txt|To be or not to be|the format is not known. Rows come as JSON",
      })
  void saysWhatAFileIsThatHoldsNoRows(String name, String text, String message) throws IOException {
    Path file = write(name, text.replace("\\n", "\n"));
    assertThatThrownBy(() -> DatasetReading.of(file, INSTRUCT))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aFormatOfAnotherModuleNamesTheModule() throws IOException {
    DataFile file = DataFile.of(write("x.parquet", "PAR1...."));
    assertThatThrownBy(() -> RowFormats.of(file, RowFormats.BUILT_IN))
        .hasMessageContaining("needs the module dev.reticent:reticent-columnar");
  }

  @Test
  void aFileThatBreaksOffIsRefusedEvenWhereBadRowsAreSkipped() throws IOException {
    Path file = write("x.csv", "question,answer\na,b\nc,\"d\ne,f\n");
    ReadOptions skip = INSTRUCT.withBadRows(BadRows.SKIP);
    assertThatThrownBy(() -> DatasetReading.of(file, skip))
        .hasMessageContaining("line 3: a quote is opened")
        .hasMessageNotContaining("on_bad_row");
  }

  @Test
  void aFolderIsReadWhenItHoldsOneTable() throws IOException {
    Path parts = Files.createDirectory(folder.resolve("parts"));
    Files.write(parts.resolve("train-00000-of-00002.jsonl"), List.of(FIRST));
    Files.write(parts.resolve("train-00001-of-00002.jsonl"), List.of(SECOND));
    Files.writeString(parts.resolve("README.md"), "rows");
    assertThat(DatasetReading.of(parts, INSTRUCT).dataset().size()).isEqualTo(2);
    Files.write(parts.resolve("test.jsonl"), List.of(SECOND));
    assertThatThrownBy(() -> DatasetReading.of(parts, INSTRUCT))
        .hasMessageContaining("several tables [test.jsonl, train.jsonl]");
    assertThat(RowFiles.training(folder).getFileName()).hasToString("train.jsonl");
  }
}
