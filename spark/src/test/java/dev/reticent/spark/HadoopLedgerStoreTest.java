package dev.reticent.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.audit.RunVerification;
import dev.reticent.audit.RunVerification.Check;
import dev.reticent.audit.RunVerification.Outcome;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.privacy.LedgerLines;
import dev.reticent.privacy.LedgerStore;
import dev.reticent.recipe.DPFinetuningRecipe;
import dev.reticent.run.FinetuneListener;
import dev.reticent.run.LedgerStores;
import dev.reticent.run.TinyRun;
import dev.reticent.training.StepReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ledger in a store: never two lines of one number, and no spent step lost with a disk. */
class HadoopLedgerStoreTest {

  @TempDir Path folder;

  private LedgerStore store() {
    return LedgerStores.at(folder.resolve("store").toUri().toString());
  }

  @Test
  void ofTwoWhoWriteALineOneSucceeds() throws Exception {
    LedgerStore store = store();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (int number = 0; number < 50; number++) {
        int line = number;
        Future<Boolean> one = threads.submit(() -> store.add(line, "one"));
        Future<Boolean> other = threads.submit(() -> store.add(line, "other"));
        assertThat(one.get()).isNotEqualTo(other.get());
        assertThat(store.lines().get(line)).isEqualTo(one.get() ? "one" : "other");
      }
    } finally {
      threads.shutdown();
    }
    assertThat(store.add(0, store.lines().get(0))).as("its own line, written again").isTrue();
  }

  @Test
  void aRunWhoseDiskIsLostGoesOnWithAllThatItSpent() throws IOException {
    Config config =
        TinyRun.config(folder, 40)
            .with("max_steps", 2)
            .with("distributed.ledger_store", folder.resolve("store").toUri().toString());
    TinyRun.run(config);
    List<String> lines = store().lines();
    assertThat(lines).isEqualTo(Files.readAllLines(folder.resolve("run").resolve("ledger.jsonl")));
    assertThat(LedgerLines.read(store()).objects()).hasSize(1 + 2);

    // The budget is spent: in another folder the same run takes no step more.
    TinyRun.run(config.with("saving_dir", folder.resolve("another-disk").toString()));
    assertThat(store().lines()).startsWith(lines.toArray(String[]::new)).hasSize(1 + 2 + 1);
    assertThat(store().lines().get(3)).contains("\"kind\":\"session\"");

    // The folder that is left behind says less than the store, and the newer one all of it.
    assertThat(storeCheck("run").detail()).contains("has 1 lines more: this ledger was cut");
    assertThat(storeCheck("another-disk").outcome()).isEqualTo(Outcome.HOLDS);
    tamperings();
  }

  private Check storeCheck(String run) {
    return RunVerification.of(folder.resolve(run), Optional.empty()).checks().stream()
        .filter(check -> check.name().equals("store"))
        .findFirst()
        .orElseThrow();
  }

  /** Each is undone; what is said of it names the line. */
  private void tamperings() throws IOException {
    LedgerLines ledger = LedgerLines.read(folder.resolve("another-disk").resolve("ledger.jsonl"));
    Path objects = folder.resolve("store");
    Path second = objects.resolve("000001.json");
    Path last = objects.resolve("000003.json");
    String step = Files.readString(second);
    Files.writeString(second, step.replace("\"kind\":\"step\"", "\"kind\":\"note\""));
    refused(ledger, ":2: the hash chain is broken here");
    Files.writeString(second, step.strip());
    refused(ledger, "000001.json is cut off");
    Files.delete(second);
    refused(ledger, "000001.json is missing");
    Files.writeString(second, step);
    String session = Files.readString(last);
    Files.delete(last);
    refused(ledger, "lacks line 4 and those after it");
    Files.writeString(objects.resolve("000003.json"), session);
    ledger.requireSame(store());
  }

  private void refused(LedgerLines ledger, String why) {
    assertThatThrownBy(() -> ledger.requireSame(store()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }

  /** One driver is slow, so that another one was started in its place, which overtakes it. */
  @Test
  void ofTwoDriversOfOneRunTheOneThatIsOvertakenTakesNoStepMore() throws IOException {
    Config config =
        TinyRun.config(folder, 40)
            .with("max_steps", 3)
            .with("distributed.ledger_store", folder.resolve("store").toUri().toString());
    FinetuneListener overtaken =
        new FinetuneListener() {
          @Override
          public void step(StepReport report) {
            TinyRun.run(config.with("saving_dir", folder.resolve("other").toString()));
          }
        };
    assertThatThrownBy(() -> DPFinetuningRecipe.of(config).run(overtaken))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("another process goes on with this run");
    // The head, a step of the first driver, and what the second one wrote.
    assertThat(store().lines())
        .isEqualTo(Files.readAllLines(folder.resolve("other").resolve("ledger.jsonl")));
    assertThat(LedgerLines.read(store()).objects()).hasSizeGreaterThan(3);
    assertThat(Files.readAllLines(folder.resolve("run").resolve("ledger.jsonl")))
        .isEqualTo(store().lines().subList(0, 2));
  }

  @Test
  void aStoreThatMayWriteOverALineIsRefusedWithTheCure() {
    FileSystem before342 =
        new RawLocalFileSystem() {
          @Override
          public String getScheme() {
            return "s3a";
          }
        };
    before342.setConf(new Configuration());
    assertThatThrownBy(
            () ->
                HadoopLedgerStores.requireAtomicCreation(
                    before342, new org.apache.hadoop.fs.Path(folder.toUri())))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("Take hadoop-aws 3.4.2 or newer");
  }

  @Test
  void anObjectThatIsCutOffOrMissingIsNamed() throws IOException {
    LedgerStore store = store();
    store.add(0, "first");
    store.add(1, "second");
    Path second = folder.resolve("store").resolve("000001.json");
    Files.writeString(second, "sec");
    assertThatThrownBy(store::lines).hasMessageContaining("000001.json is cut off");
    Files.move(second, second.resolveSibling("000002.json"));
    assertThatThrownBy(store::lines).hasMessageContaining("000001.json is missing");
  }

  @Test
  void aPlaceThatNothingReachesIsToldWithTheCure() {
    assertThatThrownBy(() -> LedgerStores.at("nowhere://bucket/run"))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("nothing on the class path reaches nowhere://bucket/run");
    assertThatThrownBy(() -> LedgerStores.at("runs/ledger"))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("begin it with s3a://");
  }
}
