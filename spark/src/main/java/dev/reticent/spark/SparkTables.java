package dev.reticent.spark;

import dev.reticent.config.UserInputException;
import dev.reticent.data.Tables;
import java.util.Iterator;
import java.util.Optional;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Spark's tables, and a data frame that is trained on under no name. Rows come one partition after
 * the other, so that the driver holds no more of them than it keeps.
 */
final class SparkTables implements Tables {

  /** What a config calls rows that were given in code. */
  static final String FRAME = "the data frame";

  private final Optional<Dataset<Row>> frame;

  private SparkTables(Optional<Dataset<Row>> frame) {
    this.frame = frame;
  }

  /** The tables of the catalog alone. */
  static SparkTables ofCatalog() {
    return new SparkTables(Optional.empty());
  }

  /** With rows of nobody's name. */
  static SparkTables with(Dataset<Row> frame) {
    return new SparkTables(Optional.of(frame));
  }

  @Override
  public Iterator<String> rows(String table) {
    return frame
        .filter(given -> table.equals(FRAME))
        .orElseGet(() -> named(table))
        .toJSON()
        .toLocalIterator();
  }

  // The exception is checked, but Scala's methods do not declare it.
  @SuppressWarnings("CatchMayIgnoreException")
  private static Dataset<Row> named(String table) {
    try {
      return SparkSession.builder().getOrCreate().table(table);
    } catch (Exception e) {
      if (e instanceof AnalysisException) {
        throw new UserInputException(
            "dataset.table: Spark has no table "
                + table
                + " that it may read; SHOW TABLES lists those there are: "
                + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
            e);
      }
      throw e;
    }
  }
}
