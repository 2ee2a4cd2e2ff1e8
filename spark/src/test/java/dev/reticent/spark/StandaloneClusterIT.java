package dev.reticent.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.ThirdParties;
import dev.reticent.config.Config;
import dev.reticent.format.FileDigest;
import dev.reticent.run.TinyRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run on a real cluster, where all goes wrong that can: an executor is killed inside a step, a
 * slow task is started twice, a result is lost, the driver is killed, and in the session that goes
 * on a worker. The adapter and the ledger are those of a run in one process where nothing did.
 */
@EnabledIfSystemProperty(named = "cluster.jar", matches = ".+", disabledReason = "needs the jar")
class StandaloneClusterIT {

  private static final int STEPS = 8;

  /** What {@link Faults} does on executors. This process has no Spark, so it loads none of it. */
  private static final List<String> FAULTS =
      List.of(Faults.IN_A_TASK, Faults.SLOW, Faults.WITH_A_RESULT);

  @TempDir Path folder;

  private Config config(String name) throws IOException {
    return TinyRun.repeatable(folder, 60)
        .with("privacy.loss_curve", 0.1)
        .with("physical_batch_size", 4)
        .with("max_steps", STEPS)
        .with("save_every_n_grad_steps", 1)
        .with("saving_dir", folder.resolve(name).toString());
  }

  @Test
  void theJarListsWhoseClassesAreInItAndTheirLicences() throws IOException {
    ThirdParties.assertListed(Path.of(System.getProperty("cluster.jar")));
  }

  @Test
  void whateverIsLostTheAdapterIsThatOfOneMachine() throws Exception {
    Path yaml = folder.resolve("config.yaml");
    Files.writeString(yaml, config("spark").with("distributed.tasks", 4).toYaml());
    Path faults = Files.createDirectory(folder.resolve("faults"));
    Map<String, String> conf =
        new HashMap<>(
            Map.of(
                Faults.FOLDER,
                faults.toString(),
                "spark.plugins",
                "dev.reticent.spark.Faults",
                "spark.serializer",
                "org.apache.spark.serializer.KryoSerializer",
                "spark.speculation",
                "true",
                "spark.speculation.interval",
                "100ms",
                "spark.speculation.quantile",
                "0.5",
                "spark.speculation.multiplier",
                "1.5",
                // Each executor and each task has a card, as on a cluster of cards.
                "spark.executor.resource.gpu.amount",
                "1",
                "spark.task.resource.gpu.amount",
                "1",
                // Results of this size are blocks of the executor, which the driver then fetches.
                "spark.task.maxDirectResultSize",
                "1k"));
    try (StandaloneCluster cluster = new StandaloneCluster(folder)) {
      Process killed = cluster.submit("killed", conf, List.of(yaml.toString()));
      TinyRun.run(config("alone"));
      StandaloneCluster.await(
          "all faults and four steps",
          () -> {
            assertThat(killed.isAlive()).as(() -> cluster.log("killed")).isTrue();
            return charged() >= 4 && FAULTS.stream().allMatch(f -> Files.exists(faults.resolve(f)));
          });
      killed.destroyForcibly().waitFor();
      assertThat(folder.resolve("spark").resolve("adapter_model.safetensors")).doesNotExist();
      assertThat(cluster.log("killed")).contains("Lost executor");
      assertThat(faults.resolve(Faults.CARDS)).hasContent("cpu:1");
      String slow = Files.readString(faults.resolve(Faults.SLOW));
      assertThat(begun(faults).stream().filter(slow::equals).count())
          .as("how often the slow task was begun")
          .isGreaterThan(1);

      int before = begun(faults).size();
      Process resumed = cluster.submit("resumed", conf, List.of(yaml.toString()));
      StandaloneCluster.await("a task after the restart", () -> begun(faults).size() > before);
      cluster.killAWorker();
      assertThat(resumed.waitFor(180, TimeUnit.SECONDS)).isTrue();
      assertThat(resumed.exitValue()).as(() -> cluster.log("resumed")).isZero();
    }
    for (String file : List.of("adapter_model.safetensors", "ledger.jsonl")) {
      assertThat(folder.resolve("spark").resolve(file))
          .hasSameBinaryContentAs(folder.resolve("alone").resolve(file));
    }
    noteDigests();
  }

  /** For the table that spark/cluster/versions prints. */
  private void noteDigests() throws IOException {
    Path adapter = folder.resolve("spark").resolve("adapter_model.safetensors");
    Path alone = folder.resolve("alone").resolve("adapter_model.safetensors");
    Files.writeString(
        Path.of(System.getProperty("cluster.jar")).resolveSibling("digests.txt"),
        "%s %s %d\n"
            .formatted(
                FileDigest.sha256(alone).substring(0, 24),
                FileDigest.sha256(adapter).substring(0, 24),
                1 + charged()));
  }

  private static List<String> begun(Path faults) {
    try {
      return Files.readAllLines(faults.resolve(Faults.TASKS));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private int charged() {
    Path ledger = folder.resolve("spark").resolve("ledger.jsonl");
    try {
      return Files.exists(ledger) ? Files.readAllLines(ledger).size() - 1 : 0;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
