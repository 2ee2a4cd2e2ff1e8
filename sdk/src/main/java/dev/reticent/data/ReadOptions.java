package dev.reticent.data;

import java.util.Optional;
import java.util.Set;

/**
 * How the rows of a file are to be read.
 *
 * @param layout what the columns mean; found from their names when empty
 * @param fields names of columns that are not the usual ones
 * @param ignored columns that may hold what the layout does not use
 */
public record ReadOptions(
    SampleType type,
    Optional<RowLayout> layout,
    FieldNames fields,
    Set<String> ignored,
    PrivacyUnit unit,
    BadRows badRows) {
  public ReadOptions {
    ignored = Set.copyOf(ignored);
  }

  /** Columns found by their names, rows as privacy units, bad rows refused. */
  public static ReadOptions of(SampleType type) {
    return new ReadOptions(
        type, Optional.empty(), FieldNames.DEFAULT, Set.of(), PrivacyUnit.row(), BadRows.REFUSE);
  }

  public ReadOptions withLayout(RowLayout layout) {
    return new ReadOptions(type, Optional.of(layout), fields, ignored, unit, badRows);
  }

  public ReadOptions withFields(FieldNames fields) {
    return new ReadOptions(type, layout, fields, ignored, unit, badRows);
  }

  public ReadOptions withIgnored(Set<String> ignored) {
    return new ReadOptions(type, layout, fields, ignored, unit, badRows);
  }

  public ReadOptions withUnit(PrivacyUnit unit) {
    return new ReadOptions(type, layout, fields, ignored, unit, badRows);
  }

  public ReadOptions withBadRows(BadRows badRows) {
    return new ReadOptions(type, layout, fields, ignored, unit, badRows);
  }
}
