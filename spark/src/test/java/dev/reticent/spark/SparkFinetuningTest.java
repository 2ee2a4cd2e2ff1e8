package dev.reticent.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.run.TinyRun;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
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

  private static JavaSparkContext context;

  /** The one of this test: Kryo, and more tasks than cores. */
  @BeforeAll
  static void start() throws IOException {
    TinyRun.run(config("alone-true", true));
    TinyRun.run(config("alone-false", false));
    context =
        new JavaSparkContext(
            conf().set("spark.serializer", "org.apache.spark.serializer.KryoSerializer"));
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
  }

  @Test
  void aReasonOfAnExecutorReachesTheUserInWords() throws IOException {
    assertThatThrownBy(() -> Reply.result(Reply.refused("no such folder: /models")))
        .isInstanceOf(UserInputException.class)
        .hasMessage("on an executor: no such folder: /models");
  }
}
