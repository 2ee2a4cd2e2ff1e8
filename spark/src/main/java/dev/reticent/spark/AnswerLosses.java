package dev.reticent.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.audit.AnswerLoss;
import dev.reticent.config.Config;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;

/** Finds how likely a model of an executor's finds right answers. */
final class AnswerLosses implements Function<String, byte[]> {

  private static final long serialVersionUID = 1L;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String settings;

  private AnswerLosses(String settings) {
    this.settings = settings;
  }

  /** Rows of a task, which go there as JSON, so that the cluster's serialiser does not matter. */
  record Rows(int first, List<String> questions, List<String> answers) {}

  /** The loss of each answer, in so many parts; waits for all. */
  static double[] of(
      JavaSparkContext context,
      Config sampling,
      List<String> questions,
      List<String> answers,
      int parts) {
    List<String> tasks = new ArrayList<>();
    int size = rowsOfTask(questions.size(), parts);
    for (int from = 0; from < questions.size(); from += size) {
      int to = Math.min(questions.size(), from + size);
      tasks.add(packed(new Rows(from, questions.subList(from, to), answers.subList(from, to))));
    }
    AnswerLosses task = new AnswerLosses(sampling.toYaml());
    return JobName.of(
            context,
            "held-out loss of %d answers".formatted(answers.size()),
            () -> context.parallelize(tasks, Math.max(1, tasks.size())).map(task).collect())
        .stream()
        .flatMapToDouble(AnswerLosses::read)
        .toArray();
  }

  /** Whole groups of rows that are in a model together. */
  private static int rowsOfTask(int rows, int parts) {
    int groups = (rows + AnswerLoss.rowsTogether() - 1) / AnswerLoss.rowsTogether();
    return Math.max(1, (groups + parts - 1) / parts) * AnswerLoss.rowsTogether();
  }

  private static String packed(Rows rows) {
    try {
      return JSON.writeValueAsString(rows);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public byte[] call(String task) throws JsonProcessingException {
    Rows rows = JSON.readValue(task, Rows.class);
    return Reply.of(
        () ->
            bytes(
                AnswerRows.MODELS.use(
                    settings,
                    model ->
                        AnswerLoss.each(model, rows.first(), rows.questions(), rows.answers()))));
  }

  private static byte[] bytes(double[] losses) {
    ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * losses.length);
    bytes.asDoubleBuffer().put(losses);
    return bytes.array();
  }

  private static DoubleStream read(byte[] reply) {
    DoubleBuffer losses = ByteBuffer.wrap(Reply.result(reply)).asDoubleBuffer();
    return IntStream.range(0, losses.remaining()).mapToDouble(losses::get);
  }
}
