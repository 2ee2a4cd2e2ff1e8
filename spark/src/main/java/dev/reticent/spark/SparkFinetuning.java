package dev.reticent.spark;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.data.Tables;
import dev.reticent.recipe.DPFinetuningRecipe;
import dev.reticent.run.FinetuneListener;
import dev.reticent.run.FinetuneResult;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Fine-tunes with the micro-batches of each step on Spark's executors.
 *
 * <pre>{@code
 * FinetuneResult result =
 *     SparkFinetuning.run(
 *         Config.read(Path.of("config.yaml")),
 *         JavaSparkContext.fromSparkContext(spark.sparkContext()));
 * }</pre>
 *
 * <p>Data, key, ledger, noise, optimizer and checkpoints stay on the driver; executors hold the
 * model, get tokens and send back sums that are not noised yet. The result is that of one machine,
 * to the last bit, where all machines compute alike: the same processors, and {@code
 * MKL_CBWR=AUTO,STRICT} in their environment (see docs/databricks.md).
 */
public final class SparkFinetuning {

  private SparkFinetuning() {}

  /** Runs to the end, to the budget or to an interrupt, and tells nobody meanwhile. */
  public static FinetuneResult run(Config config, JavaSparkContext context) {
    return run(config, context, new FinetuneListener() {});
  }

  /**
   * Runs to the end, to the budget or to an interrupt, on a cluster that is there: a master in the
   * config is not looked at.
   *
   * @throws UserInputException when config, model, data or cluster cannot be used
   */
  public static FinetuneResult run(
      Config config, JavaSparkContext context, FinetuneListener listener) {
    return run(config, context, SparkTables.ofCatalog(), listener);
  }

  /**
   * Fine-tunes on the rows of a data frame, read as those of a file are.
   *
   * @param config without a file or table to train on
   */
  public static FinetuneResult run(Config config, Dataset<Row> rows, FinetuneListener listener) {
    return run(
        config.with("dataset.table", SparkTables.FRAME),
        SparkChecks.context(rows.sparkSession()),
        SparkTables.with(rows),
        listener);
  }

  private static FinetuneResult run(
      Config config, JavaSparkContext context, Tables tables, FinetuneListener listener) {
    DPFinetuningRecipe recipe = DPFinetuningRecipe.of(config);
    return recipe.run(
        listener,
        SparkCluster.of(context, recipe.config().distributed().tasks(), tables, listener::notice));
  }
}
