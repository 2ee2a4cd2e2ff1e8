package dev.reticent.data;

import dev.reticent.config.GitLfs;
import dev.reticent.config.UserInputException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** Finds the format of a file, or says what the file is instead. */
final class RowFormats {
  static final List<RowFormat> BUILT_IN = List.of(new CsvRows(), new JsonRows());

  private static final String ACCEPTED =
      "Rows come as JSON, JSONL, CSV or TSV, each also packed with gzip; with the module"
          + " reticent-columnar also as Parquet, Arrow or a folder of Hugging Face datasets.";

  private static final String COLUMNAR =
      " and needs the module dev.reticent:reticent-columnar, which is not on the class path; add"
          + " it, or save the rows as JSONL.";

  /** First bytes of what is often given by mistake, and what to do. */
  private static final Map<String, String> NOT_ROWS = new LinkedHashMap<>();

  static {
    NOT_ROWS.put(GitLfs.START, GitLfs.CURE);
    NOT_ROWS.put("PAR1", " is a Parquet file" + COLUMNAR);
    NOT_ROWS.put("ARROW1", " is an Arrow file" + COLUMNAR);
    NOT_ROWS.put("\u00FF\u00FF\u00FF\u00FF", " is an Arrow stream" + COLUMNAR);
    NOT_ROWS.put(
        "PK\u0003\u0004", " is a ZIP archive or an Excel sheet: unpack it, or save it as CSV.");
    NOT_ROWS.put("(\u00B5/\u00FD", " is packed with Zstandard: unpack it, or pack it with gzip.");
    NOT_ROWS.put("BZh", " is packed with bzip2: unpack it, or pack it with gzip.");
    NOT_ROWS.put("\u00FD7zXZ", " is packed with xz: unpack it, or pack it with gzip.");
    NOT_ROWS.put("SQLite format 3", " is an SQLite database: export the table as CSV.");
    NOT_ROWS.put("<!DOCTYPE", " is a web page, maybe of a failed download.");
    NOT_ROWS.put("<html", " is a web page, maybe of a failed download.");
  }

  private RowFormats() {}

  /**
   * @throws UserInputException saying what the file is when nothing here reads it
   */
  static RowFormat of(DataFile file) {
    return of(file, Stream.concat(services(), BUILT_IN.stream()).toList());
  }

  static RowFormat of(DataFile file, List<RowFormat> formats) {
    for (RowFormat format : formats) {
      if (format.reads(file) && !(isText(format) && isSomethingElse(file))) {
        return format;
      }
    }
    String what =
        NOT_ROWS.entrySet().stream()
            .filter(entry -> file.startsWith(entry.getKey()))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse(": the format is not known. " + ACCEPTED);
    throw new UserInputException(file.path() + what);
  }

  private static Stream<RowFormat> services() {
    return ServiceLoader.load(RowFormat.class, RowFormats.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get);
  }

  private static boolean isText(RowFormat format) {
    return BUILT_IN.contains(format);
  }

  private static boolean isSomethingElse(DataFile file) {
    String start = new String(file.start(), StandardCharsets.ISO_8859_1);
    return NOT_ROWS.keySet().stream().anyMatch(start::startsWith);
  }
}
