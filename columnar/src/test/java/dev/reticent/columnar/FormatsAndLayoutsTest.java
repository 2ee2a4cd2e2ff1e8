package dev.reticent.columnar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.data.DatasetReading;
import dev.reticent.data.ReadOptions;
import dev.reticent.data.RowLayout;
import dev.reticent.data.Sample;
import dev.reticent.data.SampleType;
import dev.reticent.testing.Python;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The table of own-data.md, each cell of it: rows that Python wrote are those that are learnt. */
class FormatsAndLayoutsTest {
  private static final List<String> FORMATS =
      List.of(
          "jsonl",
          "json",
          "jsonl.gz",
          "csv",
          "tsv",
          "parquet",
          "stream.arrow",
          "file.arrow",
          "datasets");

  /** What layouts.py writes. */
  private static final List<List<String>> ASKED =
      List.of(
          List.of("Say \"hi\", ä;\tnow", "hi"),
          List.of("Two\nlines?", "yes\nno"),
          List.of("差?", " kept "));

  @TempDir static Path folder;

  @BeforeAll
  static void writeRows() {
    Python.require("pyarrow");
    String unused = Python.run("layouts.py", folder.toString());
  }

  @TestFactory
  List<DynamicTest> everyFormatHoldsEveryLayout() {
    return FORMATS.stream()
        .flatMap(
            format ->
                Arrays.stream(RowLayout.values())
                    .map(
                        layout ->
                            DynamicTest.dynamicTest(
                                layout.key() + "." + format, () -> isRead(layout, format))))
        .toList();
  }

  private static void isRead(RowLayout layout, String format) {
    boolean text = layout == RowLayout.TEXT;
    DatasetReading reading =
        DatasetReading.of(
            folder.resolve(layout.key() + "." + format),
            ReadOptions.of(text ? SampleType.PRETRAIN : SampleType.INSTRUCT));
    assertThat(reading.layouts().keySet()).containsExactly(layout);
    assertThat(reading.dataset().samples())
        .extracting(Sample::content)
        .containsExactlyElementsOf(
            ASKED.stream()
                .map(
                    row ->
                        text
                            ? List.of(row.get(0) + row.get(1))
                            : List.of("user", row.get(0), "assistant", row.get(1)))
                .toList());
  }
}
