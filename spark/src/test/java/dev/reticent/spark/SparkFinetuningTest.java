package dev.reticent.spark;

import static org.apache.spark.sql.functions.rand;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.model.Golden;
import dev.reticent.recipe.DPFinetuningRecipe;
import dev.reticent.run.FinetuneListener;
import dev.reticent.run.TinyRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same adapter and ledger, to the last byte, whoever computes the micro-batches. */
class SparkFinetuningTest {

  private static final String ADAPTER = "adapter_model.safetensors";

  @TempDir static Path folder;

  private static final String TABLE = "asked";

  private static JavaSparkContext context;

  /** What Spark's pages call the jobs that were started. */
  private static final Set<String> NAMES = ConcurrentHashMap.newKeySet();

  private static final class Jobs extends SparkListener {
    @Override
    public void onJobStart(SparkListenerJobStart job) {
      NAMES.add(String.valueOf(job.properties().getProperty("spark.job.description")));
    }
  }

  /** The one of this test: Kryo, and more tasks than cores. */
  @BeforeAll
  static void start() throws IOException {
    TinyRun.run(config("alone-true", true));
    TinyRun.run(config("alone-false", false));
    context = new JavaSparkContext(conf());
    context.sc().addSparkListener(new Jobs());
    Dataset<Row> rows =
        SparkSession.builder().getOrCreate().read().json(folder.resolve("train.jsonl").toString());
    rows.orderBy(rand(7)).write().saveAsTable(TABLE);
  }

  @AfterAll
  static void stop() {
    context.close();
  }

  private static Config config(String name, boolean isPrivate) throws IOException {
    return TinyRun.repeatable(folder, 40)
        .with("privacy.enabled", isPrivate)
        .with("privacy.loss_curve", 0.1)
        .with("physical_batch_size", 4)
        .with("max_steps", 2)
        .with("saving_dir", folder.resolve(name).toString());
  }

  private static SparkConf conf() {
    return new SparkConf()
        .setMaster("local[2]")
        .setAppName("test")
        .set("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
        .set("spark.sql.warehouse.dir", folder.resolve("warehouse").toString())
        .set("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
        .set("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        .set("spark.databricks.delta.snapshotPartitions", "1")
        .set("spark.ui.enabled", "false")
        .set("spark.driver.host", "127.0.0.1")
        .set("spark.driver.bindAddress", "127.0.0.1");
  }

  private static void assertSame(String one, String other, String file) {
    assertThat(folder.resolve(other).resolve(file))
        .hasSameBinaryContentAs(folder.resolve(one).resolve(file));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void executorsTrainTheAdapterOfOneMachine(boolean isPrivate) throws IOException {
    String spark = "spark-" + isPrivate;
    SparkFinetuning.run(config(spark, isPrivate).with("distributed.tasks", 3), context);
    assertSame("alone-" + isPrivate, spark, ADAPTER);
    if (isPrivate) {
      assertSame("alone-true", spark, "ledger.jsonl");
    }
    StandaloneCluster.await(
        "jobs that say what they are for",
        () ->
            NAMES.containsAll(List.of("held-out loss after step 0", "step 1 of 2", "step 2 of 2")));
  }

  /** Executors have the weights that DoRA's magnitudes and canaries' losses are of. */
  @Test
  void executorsBeginDoraAndAuditIt() throws IOException {
    Config dora = config("dora-alone", true).with("lora.use_dora", true);
    DPFinetuningRecipe.of(dora).audited(8).run(new FinetuneListener() {});
    TinyRun.sameCanaries(folder.resolve("dora-alone"), folder.resolve("dora-spark"));
    DPFinetuningRecipe.of(
            dora.with("saving_dir", folder.resolve("dora-spark").toString())
                .with("distributed.engine", "spark")
                .with("distributed.tasks", 2))
        .audited(8)
        .run(new FinetuneListener() {});
    assertSame("dora-alone", "dora-spark", ADAPTER);
    assertSame("dora-alone", "dora-spark", "audit.json");
  }

  @Test
  void executorsTrainAllWeights() throws IOException {
    Config all =
        config("all-alone", true).without("lora").with("learning_rate", 0.001).with("max_steps", 1);
    TinyRun.run(all);
    SparkFinetuning.run(all.with("saving_dir", folder.resolve("all-spark").toString()), context);
    assertSame("all-alone", "all-spark", "model.safetensors");
  }

  @Test
  void aTableTrainsTheAdapterOfAFileWithTheSameRowsInAnyOrder() throws IOException {
    Config table = config("table", true).without("dataset.train_file").with("dataset.table", TABLE);
    SparkFinetuning.run(table, context);
    assertSame("alone-true", "table", ADAPTER);
    assertThat(folder.resolve("table").resolve("local").resolve("provenance.json"))
        .content()
        .contains("\"name\" : \"" + TABLE + "\"")
        .doesNotContain("version");
  }

  /** A later commit is not seen by a session that has looked at the table. */
  @Test
  void theVersionOfADeltaTableIsNotedForItsOwner() throws IOException {
    SparkSession session = SparkSession.builder().getOrCreate();
    session.table(TABLE).write().format("delta").saveAsTable("asked_delta");
    SparkTables tables = SparkTables.ofCatalog();
    assertThat(tables.version("asked_delta")).contains("delta 0");
    session.table(TABLE).limit(1).write().format("delta").mode("append").saveAsTable("asked_delta");
    assertThat(tables.rows("asked_delta")).toIterable().hasSize(40);
    assertThat(SparkTables.ofCatalog().version("asked_delta")).contains("delta 1");
    assertThat(SparkTables.ofCatalog().rows("asked_delta")).toIterable().hasSize(41);
    assertThat(SparkTables.ofCatalog().version(TABLE)).isEmpty();
  }

  @Test
  void theRowsOfADataFrameAreThoseOfItsTable() {
    Dataset<Row> frame = SparkSession.builder().getOrCreate().table(TABLE);
    assertThat(SparkTables.with(frame).rows(SparkTables.FRAME))
        .toIterable()
        .hasSize(40)
        .containsExactlyInAnyOrderElementsOf(() -> SparkTables.ofCatalog().rows(TABLE));
  }

  @Test
  void answersAreTheSameForAnyPartitionsAndComeBackAsATable() {
    SparkSession session = SparkSession.builder().getOrCreate();
    Dataset<Row> questions = session.table(TABLE).selectExpr("question AS id", "question");
    Config config =
        Config.empty()
            .with("foundation_model_name", Golden.folder("mistral-tiny").toString())
            .with("temperature", 1)
            .with("max_new_tokens", 4);
    SparkSampling.answer(config, questions.repartition(3)).write().saveAsTable("answers");
    Dataset<Row> table = session.table("answers");
    assertThat(table.columns())
        .containsExactly("id", "prompt", "answer", "tokens", "finish", "error");
    assertThat(table.orderBy("id").collectAsList())
        .hasSize(40)
        .isEqualTo(
            SparkSampling.answer(config, questions.coalesce(1)).orderBy("id").collectAsList());
    assertThat(table.select("answer").distinct().count()).isGreaterThan(1);
    assertThatThrownBy(() -> SparkSampling.answer(config, questions.drop("id")))
        .isInstanceOf(UserInputException.class)
        .hasMessageStartingWith("The questions have no column \"id\"");
  }

  @Test
  void aTableThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> SparkTables.ofCatalog().rows("main.qa.nothing"))
        .isInstanceOf(UserInputException.class)
        .hasMessageStartingWith("Spark has no table main.qa.nothing that it may");
  }

  @Test
  void aReasonOfAnExecutorReachesTheUserInWords() throws IOException {
    assertThatThrownBy(() -> Reply.result(Reply.refused("no such folder: /models")))
        .isInstanceOf(UserInputException.class)
        .hasMessage("on an executor: no such folder: /models");
  }
}
