package dev.reticent.data;

import java.io.IOException;

/**
 * A way in which files hold rows. Formats beside JSON and CSV come from modules of their own, which
 * name theirs as a service.
 */
public interface RowFormat {
  /** The format's name, for a report. */
  String name();

  /** Whether the file is of this format, by its first bytes or its name. */
  boolean reads(DataFile file);

  /**
   * Hands over all rows, in the file's order.
   *
   * @throws dev.reticent.config.UserInputException if the file as a whole cannot be used
   */
  void read(DataFile file, RowSink rows) throws IOException;
}
