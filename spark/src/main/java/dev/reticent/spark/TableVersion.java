package dev.reticent.spark;

import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A state of a table that can be read again later. Formats are asked in SQL, so that none of their
 * libraries is needed here.
 *
 * @param format who counts: {@code delta} by commits, {@code iceberg} by ids of snapshots
 */
record TableVersion(String format, long number) {

  /** The newest of a table; empty where its format keeps none, as of parquet or of a view. */
  static Optional<TableVersion> newest(SparkSession session, String table) {
    return asked(session, "delta", "DESCRIBE HISTORY " + table + " LIMIT 1", "version")
        .or(
            () ->
                asked(
                    session,
                    "iceberg",
                    "SELECT snapshot_id FROM "
                        + table
                        + ".snapshots ORDER BY committed_at DESC LIMIT 1",
                    "snapshot_id"));
  }

  /** Catalogs refuse in ways of their own, checked or not, what their tables do not have. */
  @SuppressWarnings("CatchMayIgnoreException")
  private static Optional<TableVersion> asked(
      SparkSession session, String format, String query, String column) {
    try {
      List<Row> rows = session.sql(query).collectAsList();
      return rows.stream()
          .map(row -> new TableVersion(format, row.<Long>getAs(column)))
          .findFirst();
    } catch (Exception e) {
      return Optional.empty();
    }
  }

  /** What reads it. */
  String query(String table) {
    return "SELECT * FROM " + table + " VERSION AS OF " + number;
  }

  @Override
  public String toString() {
    return format + " " + number;
  }
}
