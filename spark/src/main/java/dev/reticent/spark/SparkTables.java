package dev.reticent.spark;

import dev.reticent.config.UserInputException;
import dev.reticent.data.Tables;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
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
  private final Map<String, Optional<TableVersion>> versions = new HashMap<>();

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
        .filter(given -> isGiven(table))
        .orElseGet(() -> asItStood(table))
        .toJSON()
        .toLocalIterator();
  }

  @Override
  public Optional<String> version(String table) {
    return isGiven(table) ? Optional.empty() : known(table).map(TableVersion::toString);
  }

  private boolean isGiven(String table) {
    return frame.isPresent() && table.equals(FRAME);
  }

  /** Found once, so that rows and version are of one state whatever is written meanwhile. */
  private Optional<TableVersion> known(String table) {
    return versions.computeIfAbsent(
        table,
        name -> {
          named(name);
          return TableVersion.newest(session(), name);
        });
  }

  private Dataset<Row> asItStood(String table) {
    return known(table)
        .map(version -> session().sql(version.query(table)))
        .orElseGet(() -> named(table));
  }

  @Override
  public void requireFree(String table) {
    if (session().catalog().tableExists(table)) {
      throw new UserInputException(
          "table "
              + table
              + " is there already and is left as it is; name another one, or DROP TABLE "
              + table
              + ".");
    }
  }

  /** Rows that do not fit the columns are a fault of ours, which must not become nulls. */
  @Override
  public void create(String table, String columns, List<String> rows) {
    session()
        .read()
        .schema(columns)
        .option("mode", "FAILFAST")
        .json(session().createDataset(rows, Encoders.STRING()))
        .write()
        .saveAsTable(table);
  }

  private static SparkSession session() {
    return SparkSession.builder().getOrCreate();
  }

  // The exception is checked, but Scala's methods do not declare it.
  @SuppressWarnings("CatchMayIgnoreException")
  private static Dataset<Row> named(String table) {
    try {
      return session().table(table);
    } catch (Exception e) {
      if (e instanceof AnalysisException) {
        throw new UserInputException(
            "Spark has no table "
                + table
                + " that it may read; SHOW TABLES lists those there are: "
                + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
            e);
      }
      throw e;
    }
  }
}
