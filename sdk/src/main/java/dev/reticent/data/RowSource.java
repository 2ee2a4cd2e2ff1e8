package dev.reticent.data;

import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/** Rows behind a path, whatever their format, or of a table. */
public final class RowSource {
  private RowSource() {}

  /**
   * Hands over all rows of a file, or of the parts of one table in a folder.
   *
   * @return the names of the formats
   * @throws UserInputException if the path holds no rows, or they cannot be read
   */
  public static Set<String> read(Path source, RowSink rows) {
    Set<String> formats = new LinkedHashSet<>();
    for (Path path : RowFiles.of(source)) {
      DataFile file = DataFile.of(path);
      RowFormat format = RowFormats.of(file);
      formats.add(format.name());
      try {
        format.read(file, rows);
      } catch (IOException e) {
        throw DataFile.unreadable(path, e);
      }
    }
    return formats;
  }

  /**
   * Hands over the rows of a table, counted as they come.
   *
   * @param table each row a JSON object
   */
  public static void read(Iterator<String> table, RowSink rows) {
    JsonRows.each(table, rows);
  }
}
