package dev.reticent.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.JavaSnippets;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.run.ClusterEngine;
import dev.reticent.settings.DistributedSettings;
import dev.reticent.settings.DistributedSettings.Engine;
import dev.reticent.settings.FinetuneConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot work is refused in words, before anything starts. */
class SparkChecksTest {

  @ParameterizedTest
  @ValueSource(strings = {"2.4.8", "3.4.1", "3.4.1-amzn-0"})
  void anOldSparkIsNamedWithTheOldestThatWillDo(String version) {
    assertThatThrownBy(() -> SparkChecks.requireVersion(version))
        .isInstanceOf(UserInputException.class)
        .hasMessageStartingWith("This is Spark " + version + "; runs need 3.5 or newer.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.5.0", "3.5.2", "4.0.0-preview1", "4.1.0", "10.0.0"})
  void aNewerSparkWillDo(String version) {
    assertThatCode(() -> SparkChecks.requireVersion(version)).doesNotThrowAnyException();
  }

  @Test
  void cardsInLocalModeAreRefusedWithTheCure() {
    SparkConf conf =
        new SparkConf(false).setMaster("local[2]").set("spark.task.resource.gpu.amount", "1");
    assertThatThrownBy(() -> SparkChecks.requireNoCardsInLocalMode(conf))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("Spark's local mode gives out no cards");
    conf.setMaster("spark://host:7077");
    assertThatCode(() -> SparkChecks.requireNoCardsInLocalMode(conf)).doesNotThrowAnyException();
  }

  @Test
  void aRunThatNobodySubmittedAsksForAMaster() {
    DistributedSettings settings =
        FinetuneConfig.of(
                Config.empty()
                    .with("foundation_model_name", "reticent-tiny")
                    .with("lora.lora_rank", 4)
                    .with("privacy.enabled", false)
                    .with("distributed.engine", "spark"))
            .distributed();
    ClusterEngine engine = ClusterEngine.of(Engine.SPARK);
    assertThat(engine).isInstanceOf(SparkEngine.class);
    assertThatThrownBy(() -> engine.join(settings, notice -> {}))
        .isInstanceOf(UserInputException.class)
        .hasMessageStartingWith("distributed.master: missing");
  }

  @Test
  void whatThePageOfSparkShowsCompiles() throws IOException {
    for (JavaSnippets.Snippet snippet : JavaSnippets.all(Path.of(".."))) {
      if (snippet.mentions("SparkFinetuning")) {
        snippet.assertCompiles(
            List.of("dev.reticent.config", "dev.reticent.spark", "org.apache.spark.api.java"),
            Map.of("spark.md", "Config config, org.apache.spark.sql.SparkSession spark"));
      }
    }
  }
}
