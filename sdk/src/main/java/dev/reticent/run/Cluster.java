package dev.reticent.run;

import dev.reticent.config.Config;
import dev.reticent.data.Tables;
import java.util.List;

/**
 * Other machines that compute the micro-batches of a run, from its beginning to its end, or answer
 * questions, and have tables.
 */
public interface Cluster extends CrewFactory, Tables, AutoCloseable {

  /**
   * Answers rows, each a JSON object with an {@code id} and a question, as one machine would.
   *
   * @param sampling a config of sampling, which says the model
   * @return one for each row, in their order
   */
  List<RowAnswer> answers(Config sampling, List<String> rows);

  @Override
  void close();
}
