package dev.reticent.data;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import dev.reticent.config.UserInputException;
import dev.reticent.data.RowSink.Place;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A table of texts whose first line names the columns, as RFC 4180 says: separated by commas, by
 * tabs in a {@code .tsv} file, or by semicolons where the first line has these and no comma. A
 * field in double quotes may go over several lines.
 */
final class CsvRows implements RowFormat {
  private static final int LONGEST_FIELD = 64 << 20;
  private static final Pattern STARTED = Pattern.compile("\\(record starting at line (\\d+)\\)");

  @Override
  public String name() {
    return "CSV";
  }

  @Override
  public boolean reads(DataFile file) {
    return file.endsWith(".csv") || file.endsWith(".tsv");
  }

  @Override
  public void read(DataFile file, RowSink rows) throws IOException {
    if (file.start().length > 1 && (file.start()[0] == 0 || file.start()[1] == 0)) {
      throw new UserInputException(file.path() + " is UTF-16 or UTF-32: save it as UTF-8.");
    }
    try (Reader text =
            new InputStreamReader(
                file.open(),
                StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT));
        CsvReader<CsvRecord> csv =
            CsvReader.builder()
                .fieldSeparator(separator(file))
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .allowUnclosedQuote(false)
                .maxBufferSize(LONGEST_FIELD)
                .ofCsvRecord(text)) {
      read(file, csv.iterator(), rows);
    }
  }

  private static char separator(DataFile file) {
    if (file.endsWith(".tsv")) {
      return '\t';
    }
    String header = new String(file.start(), StandardCharsets.UTF_8).lines().findFirst().orElse("");
    return header.contains(";") && !header.contains(",") ? ';' : ',';
  }

  private static void read(DataFile file, Iterator<CsvRecord> records, RowSink rows)
      throws IOException {
    List<String> columns = records.hasNext() ? header(file, records.next()) : List.of();
    int last = 1;
    try {
      while (records.hasNext()) {
        CsvRecord record = records.next();
        last = Math.toIntExact(record.getStartingLineNumber());
        if (record.getFieldCount() != columns.size()) {
          rows.unreadable(
              Place.line(last),
              "%d fields where the first line names %d columns"
                  .formatted(record.getFieldCount(), columns.size()));
          continue;
        }
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < columns.size(); i++) {
          row.put(columns.get(i), record.getField(i));
        }
        rows.row(Place.line(last), row);
      }
    } catch (CsvParseException e) {
      rows.broken(Place.line(started(e, last)), plain(e));
    } catch (UncheckedIOException e) {
      if (!(e.getCause() instanceof CharacterCodingException)) {
        throw e.getCause();
      }
      rows.broken(Place.line(last), "not valid UTF-8 here or after");
    }
  }

  private static List<String> header(DataFile file, CsvRecord first) {
    List<String> columns =
        first.getFields().stream().map(name -> name.replace("\uFEFF", "").strip()).toList();
    Set<String> seen = new HashSet<>();
    for (String column : columns) {
      if (column.isEmpty() || !seen.add(column)) {
        throw new UserInputException(
            "%s: the first line must name the columns, each once; found %s."
                .formatted(file.path(), columns));
      }
    }
    return columns;
  }

  private static int started(CsvParseException e, int last) {
    Matcher line = STARTED.matcher(String.valueOf(e.getMessage()));
    return line.find() ? Integer.parseInt(line.group(1)) : last + 1;
  }

  private static String plain(CsvParseException e) {
    String said = String.valueOf(e.getMessage());
    return said.startsWith("Unclosed quoted field")
        ? "a quote is opened and never closed"
        : STARTED.matcher(said).replaceAll("").replace("Unexpected", "unexpected").strip();
  }
}
