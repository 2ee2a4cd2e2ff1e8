package dev.reticent.columnar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.config.UserInputException;
import dev.reticent.data.DataFile;
import dev.reticent.data.DatasetReading;
import dev.reticent.data.ReadOptions;
import dev.reticent.data.RowFormat;
import dev.reticent.data.RowLayout;
import dev.reticent.data.RowSink;
import dev.reticent.data.SampleType;
import dev.reticent.testing.Python;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What pyarrow writes is read as what it says it wrote. */
class ColumnarRowsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ReadOptions INSTRUCT = ReadOptions.of(SampleType.INSTRUCT);

  @TempDir static Path folder;

  @BeforeAll
  static void writeTables() {
    Python.require("pyarrow");
    String unused = Python.run("tables.py", folder.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "none.parquet",
        "snappy.parquet",
        "zstd.parquet",
        "gzip.parquet",
        "lz4.parquet",
        "pages2.parquet",
        "stream.arrow",
        "file.arrow",
        "sliced.arrow",
        "views.arrow",
        "large.arrow",
        "dictionary.arrow",
      })
  void everyRowIsWhatPythonSaysItIs(String name) throws IOException {
    List<JsonNode> expected = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("rows.jsonl"))) {
      expected.add(JSON.readTree(line));
    }
    List<JsonNode> rows = rows(folder.resolve(name));
    assertThat(rows).hasSameSizeAs(expected);
    for (int i = 0; i < rows.size(); i++) {
      assertThat(plain(rows.get(i))).as("%s, row %d", name, i).isEqualTo(expected.get(i));
    }
  }

  /** As JSON of Python: prices and times as numbers. */
  private static JsonNode plain(JsonNode row) throws IOException {
    ObjectNode plain = (ObjectNode) row.deepCopy();
    plain.put("price", row.path("price").doubleValue());
    plain.put(
        "seen", ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(row.path("seen").asText())));
    return JSON.readTree(plain.toString());
  }

  private static List<JsonNode> rows(Path path) throws IOException {
    DataFile file = DataFile.of(path);
    RowFormat format = new ParquetRows().reads(file) ? new ParquetRows() : new ArrowRows();
    assertThat(format.reads(file)).isTrue();
    List<JsonNode> rows = new ArrayList<>();
    format.read(
        file,
        new RowSink() {
          @Override
          public void row(Place place, JsonNode row) {
            rows.add(row);
            assertThat(place.number()).isEqualTo(rows.size());
          }

          @Override
          public void unreadable(Place place, String problem) {
            throw new AssertionError(problem);
          }

          @Override
          public void broken(Place place, String problem) {
            throw new AssertionError(problem);
          }
        });
    return rows;
  }

  @ParameterizedTest
  @ValueSource(strings = {"broken.arrow", "packed.arrow"})
  void aFileThatCannotBeReadSaysWhy(String name) {
    assertThatThrownBy(() -> rows(folder.resolve(name)))
        .isInstanceOf(UserInputException.class)
        .hasMessageMatching(".*(ends in the middle|packed columns: write it without).*");
  }

  @Test
  void aCutParquetFileIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(folder.resolve("snappy.parquet"));
    Path cut = Files.write(folder.resolve("cut.parquet"), Arrays.copyOf(whole, 9000));
    assertThatThrownBy(() -> rows(cut))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("cut.parquet cannot be read as Parquet")
        .hasMessageNotContaining("@");
  }

  /**
   * The folders are of datasets 5.2 (make_datasets.py): {@code DatasetDict} of a train split in two
   * parts and a test split, and {@code conversations} as a {@code Sequence} of a struct, which is
   * stored as a struct of lists.
   */
  @Test
  void aFolderOfDatasetsGivesItsTrainSplit() {
    Path saved = Path.of("src", "test", "resources", "dev", "reticent", "columnar");
    DatasetReading reading = DatasetReading.of(saved.resolve("alpaca"), INSTRUCT);
    assertThat(reading.dataset().size()).isEqualTo(6);
    assertThat(reading.layouts()).containsOnlyKeys(RowLayout.ALPACA);
    assertThat(reading.dataset().samples().get(5).content())
        .containsExactly("user", "Say 5.\n\nin words", "assistant", "answer 5");
    DatasetReading talks = DatasetReading.of(saved.resolve("talks"), INSTRUCT);
    assertThat(talks.layouts()).containsOnlyKeys(RowLayout.SHAREGPT);
    assertThat(talks.dataset().samples().get(1).content())
        .containsExactly("user", "q1", "assistant", "a1");
  }
}
