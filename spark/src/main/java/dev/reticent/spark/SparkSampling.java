package dev.reticent.spark;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.settings.SampleConfig;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
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
          .add("finish", DataTypes.StringType, false);

  private SparkSampling() {}

  /**
   * Answers rows with the columns {@code id} and a question, which is found as in a file. An answer
   * depends on the row and on the config, not on the partition or on other rows.
   *
   * @param config of {@code reticent sample}; its own prompts and files are left alone
   * @return id, prompt, answer, tokens and finish of each row; computed when it is used
   * @throws UserInputException when the config cannot be used, or rows have no id
   */
  public static Dataset<Row> answer(Config config, Dataset<Row> questions) {
    SampleConfig.of(config);
    if (!java.util.Arrays.asList(questions.columns()).contains("id")) {
      throw new UserInputException(
          "The questions have no column \"id\", by which the draws of a row are its own; add one,"
              + " such as a key of the table.");
    }
    return questions
        .sparkSession()
        .createDataFrame(
            questions.toJSON().javaRDD().mapPartitions(new AnswerRows(config.toYaml())), ANSWERS);
  }
}
