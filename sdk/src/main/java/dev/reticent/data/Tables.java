package dev.reticent.data;

import dev.reticent.config.UserInputException;
import java.util.Iterator;

/** Tables of a catalog, for whoever has one. */
@FunctionalInterface
public interface Tables {

  /** None, as without a cluster. */
  Tables NONE =
      table -> {
        throw new UserInputException(
            "dataset.table: "
                + table
                + " is read by Spark; give distributed.engine: spark, or a dataset.train_file.");
      };

  /**
   * The rows of a table as JSON objects, in any order.
   *
   * @param table its name, such as {@code catalog.schema.name}
   * @throws UserInputException when there is no such table
   */
  Iterator<String> rows(String table);
}
