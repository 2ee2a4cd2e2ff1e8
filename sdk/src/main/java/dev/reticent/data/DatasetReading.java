package dev.reticent.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.api.Internal;
import dev.reticent.config.UserInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;

/**
 * A dataset as it was read, and what became of the file's rows and columns.
 *
 * @param digests one for each row's whole object, whatever fields are used, whose data it is and
 *     whether it can be used, by which the rows can be recognised under other settings; for the
 *     eyes of {@code LocalSecret} only
 * @param units how many units the rows have, those included that repeat others or cannot be used,
 *     so that it follows from the number of rows or from the unit's column alone; rows in which
 *     that names nobody are one unit together
 * @param source the file, folder or table
 * @param formats the formats of the files
 * @param layouts what the columns were taken for, and in how many rows
 * @param leftOut columns that hold something and are not used
 * @param skipped how many rows could not be used; a count of private rows, to be kept here
 * @param problems what was wrong with those
 */
@Internal
public record DatasetReading(
    Dataset dataset,
    List<String> digests,
    int units,
    String source,
    Set<String> formats,
    Map<RowLayout, Integer> layouts,
    Set<String> leftOut,
    int skipped,
    List<String> problems) {
  private static final int ROWS_BETWEEN_REPORTS = 1000;

  public DatasetReading {
    digests = List.copyOf(digests);
    formats = Set.copyOf(formats);
    layouts = new EnumMap<>(layouts);
    leftOut = new LinkedHashSet<>(leftOut);
    problems = List.copyOf(problems);
  }

  /**
   * Reads a file, or the parts of a dataset in a folder.
   *
   * @throws UserInputException listing every row that cannot be used, each problem once, unless
   *     such rows are skipped; and if no row is left
   */
  public static DatasetReading of(Path source, ReadOptions options) {
    return of(source, options, read -> {});
  }

  /**
   * Reads the rows of a file or folder and tells how far it has come.
   *
   * @param read told now and then how many rows were read
   */
  public static DatasetReading of(Path source, ReadOptions options, IntConsumer read) {
    return of(source.toString(), sink -> RowSource.read(source, sink), options, read);
  }

  /**
   * Reads a table, whose rows are counted as they come.
   *
   * @param rows each a JSON object
   * @throws UserInputException as for a file
   */
  public static DatasetReading of(String table, Iterator<String> rows, ReadOptions options) {
    return of(table, rows, options, read -> {});
  }

  /**
   * Reads the rows of a table and tells how far it has come.
   *
   * @param read told now and then how many rows were read
   */
  public static DatasetReading of(
      String table, Iterator<String> rows, ReadOptions options, IntConsumer read) {
    return of(
        table,
        sink -> {
          RowSource.read(rows, sink);
          return Set.of("table");
        },
        options,
        read);
  }

  private static DatasetReading of(
      String source, Function<RowSink, Set<String>> reader, ReadOptions options, IntConsumer read) {
    RowParser parser = new RowParser(options);
    Collector rows = new Collector(parser, options.unit(), read);
    Set<String> formats = reader.apply(rows);
    boolean skip = options.badRows() == BadRows.SKIP && !rows.problems.broken();
    if (rows.problems.rows() > 0 && !(skip && !rows.samples.isEmpty())) {
      throw new UserInputException(rows.problems.report(source, rows.samples.size()));
    }
    if (rows.samples.isEmpty()) {
      throw new UserInputException(source + " holds no rows.");
    }
    return new DatasetReading(
        new Dataset(rows.samples),
        rows.digests,
        rows.units(),
        source,
        formats,
        parser.layouts(),
        parser.leftOut(),
        rows.problems.rows(),
        rows.problems.lines());
  }

  private static final class Collector implements RowSink {
    private final RowParser parser;
    private final PrivacyUnit unit;
    private final IntConsumer read;
    private final List<Sample> samples = new ArrayList<>();
    private final List<String> digests = new ArrayList<>();
    private final RowProblems problems = new RowProblems();
    private final Set<Optional<String>> owners = new HashSet<>();

    Collector(RowParser parser, PrivacyUnit unit, IntConsumer read) {
      this.parser = parser;
      this.unit = unit;
      this.read = read;
    }

    @Override
    public void row(Place place, JsonNode row) {
      owners.add(parser.owner(row));
      digests.add(RowDigest.of(row));
      try {
        samples.add(parser.parse(row, place.number()));
        if (samples.size() % ROWS_BETWEEN_REPORTS == 0) {
          read.accept(samples.size());
        }
      } catch (BadRow e) {
        problems.add(place, e.reason());
      }
    }

    @Override
    public void unreadable(Place place, String problem) {
      owners.add(Optional.empty());
      problems.add(place, problem);
    }

    @Override
    public void broken(Place place, String problem) {
      problems.breakOff(place, problem);
    }

    int units() {
      return unit instanceof PrivacyUnit.Row ? samples.size() + problems.rows() : owners.size();
    }
  }

  /** One line for a person: format, layout, and what is not used. */
  public String summary() {
    String taken =
        layouts.entrySet().stream()
            .map(e -> layouts.size() == 1 ? e.getKey().key() : rows(e.getKey(), e.getValue()))
            .collect(Collectors.joining(", "));
    return "%s: %s, layout %s%s%s"
        .formatted(
            source,
            String.join(" and ", formats),
            taken,
            leftOut.isEmpty() ? "" : "; not used: " + String.join(", ", leftOut),
            skipped == 0 ? "" : "; %,d rows that cannot be used are left out".formatted(skipped));
  }

  private static String rows(RowLayout layout, int count) {
    return "%s in %,d rows".formatted(layout.key(), count);
  }
}
