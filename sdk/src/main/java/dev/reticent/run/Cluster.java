package dev.reticent.run;

import dev.reticent.config.Config;
import dev.reticent.data.Tables;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Other machines that compute the micro-batches of a run, from its beginning to its end, or answer
 * questions, and have tables.
 */
public interface Cluster extends CrewFactory, Tables, AutoCloseable {

  /**
   * Answers rows, each a JSON object with an {@code id} and a question, as one machine would.
   *
   * @param sampling a config of sampling, which says the model
   * @param answered told how many are done, whenever there are more
   * @return one for each row, in their order
   */
  List<RowAnswer> answers(Config sampling, List<String> rows, IntConsumer answered);

  /**
   * The mean negative log-likelihood of each answer, in nats a token, as one machine finds it; of
   * answers that are too long for the model to see any of them there is none.
   *
   * @param sampling a config of sampling, which says the model
   */
  double[] losses(Config sampling, List<String> questions, List<String> answers);

  @Override
  void close();
}
