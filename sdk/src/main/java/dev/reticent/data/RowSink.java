package dev.reticent.data;

import com.fasterxml.jackson.databind.JsonNode;

/** Takes the rows of a file, and what is wrong with those that cannot be read. */
public interface RowSink {
  /** A row. */
  void row(Place place, JsonNode row);

  /** A row that cannot be read, and why. */
  void unreadable(Place place, String problem);

  /** A row after which nothing can be read, as nobody knows where the next one starts. */
  void broken(Place place, String problem);

  /**
   * Where a row stands.
   *
   * @param by what is counted: {@code line} or {@code row}
   * @param number from 1
   */
  record Place(String by, int number) {
    public static Place line(long number) {
      return new Place("line", Math.toIntExact(number));
    }

    public static Place row(long number) {
      return new Place("row", Math.toIntExact(number));
    }
  }
}
