package dev.reticent.spark;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.run.RowAnswer;
import dev.reticent.settings.SampleConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Answers the questions of a table on Spark's executors.
 *
 * <pre>{@code
 * Dataset<Row> answers =
 *     SparkSampling.answer(Config.read(Path.of("sample.yaml")), spark.table("main.qa.questions"));
 * answers.write().saveAsTable("main.qa.answers");
 * }</pre>
 *
 * <p>Sampling is post-processing of what training released: it costs no privacy budget.
 */
public final class SparkSampling {

  private static final StructType ANSWERS =
      new StructType()
          .add("id", DataTypes.StringType, false)
          .add("prompt", DataTypes.StringType, false)
          .add("answer", DataTypes.StringType, false)
          .add("tokens", DataTypes.IntegerType, false)
          .add("finish", DataTypes.StringType, false)
          .add("error", DataTypes.StringType, false);

  private SparkSampling() {}

  /**
   * Answers rows with the columns {@code id} and a question, which is found as in a file. An answer
   * depends on the row and on the config, not on the partition or on other rows.
   *
   * @param config of {@code reticent sample}; its own prompts and files are left alone
   * @return id, prompt, answer, tokens, finish, and where that is {@code error} why, of each row;
   *     computed when it is used
   * @throws UserInputException when the config cannot be used, or rows have no id
   */
  public static Dataset<Row> answer(Config config, Dataset<Row> questions) {
    SampleConfig.of(config);
    if (!Arrays.asList(questions.columns()).contains("id")) {
      throw new UserInputException(
          "The questions have no column \"id\", by which the draws of a row are its own; add one,"
              + " such as a key of the table.");
    }
    return questions
        .sparkSession()
        .createDataFrame(
            questions.toJSON().javaRDD().mapPartitions(new AnswerRows(config.toYaml())), ANSWERS);
  }

  /**
   * Answers rows, each a JSON object, some hundreds in each of so many parts at a time, so that it
   * is seen how far it has come; waits for all.
   */
  static List<RowAnswer> answers(
      JavaSparkContext context, Config config, List<String> rows, int parts, IntConsumer answered) {
    SparkSession session = SparkSession.builder().sparkContext(context.sc()).getOrCreate();
    AnswerRows task = new AnswerRows(config.toYaml());
    List<RowAnswer> answers = new ArrayList<>();
    while (answers.size() < rows.size()) {
      int from = answers.size();
      int to = Math.min(rows.size(), from + parts * AnswerRows.AT_A_TIME);
      String name = "sampling rows %d to %d of %d".formatted(from + 1, to, rows.size());
      List<String> some = new ArrayList<>(rows.subList(from, to));
      JobName.of(
              context,
              name,
              () ->
                  session
                      .createDataFrame(
                          context.parallelize(some, parts).mapPartitions(task), ANSWERS)
                      .collectAsList())
          .forEach(row -> answers.add(AnswerRows.answer(row)));
      answered.accept(answers.size());
    }
    return answers;
  }
}
