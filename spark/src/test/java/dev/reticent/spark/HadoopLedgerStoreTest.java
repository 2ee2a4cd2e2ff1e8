package dev.reticent.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.privacy.LedgerLines;
import dev.reticent.privacy.LedgerStore;
import dev.reticent.run.LedgerStores;
import dev.reticent.run.TinyRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
