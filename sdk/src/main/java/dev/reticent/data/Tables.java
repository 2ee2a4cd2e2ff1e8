package dev.reticent.data;

import dev.reticent.config.UserInputException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** Tables of a catalog, for whoever has one. */
public interface Tables {

  /** None, as without a cluster. */
  Tables NONE =
      new Tables() {
        @Override
        public Iterator<String> rows(String table) {
          throw noCatalog(table);
        }

        @Override
        public Optional<String> version(String table) {
          throw noCatalog(table);
        }

        @Override
        public void requireFree(String table) {
          throw noCatalog(table);
        }

        @Override
        public void create(String table, String columns, List<String> rows) {
          throw noCatalog(table);
        }

        private UserInputException noCatalog(String table) {
          return new UserInputException(
              "table "
                  + table
                  + " is in a catalog of Spark's; give distributed.engine: spark, or a file in"
                  + " place of the table.");
        }
      };

  /**
   * The rows of a table as JSON objects, in any order.
   *
   * @param table its name, such as {@code catalog.schema.name}
   * @throws UserInputException when there is no such table
   */
  Iterator<String> rows(String table);

  /**
   * Which state of a table {@link #rows} reads from now on, such as {@code delta 12}; empty where
   * its format keeps no versions.
   */
  Optional<String> version(String table);

  /**
   * Looks whether a table can be made.
   *
   * @throws UserInputException when there is one of this name, which is left alone
   */
  void requireFree(String table);

  /**
   * Makes a table.
   *
   * @param columns their names and SQL types, as in {@code id STRING, score INT}
   * @param rows JSON objects
   */
  void create(String table, String columns, List<String> rows);
}
