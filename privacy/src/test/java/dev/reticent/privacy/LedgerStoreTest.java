package dev.reticent.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.privacy.accounting.Adjacency;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ledger in two places never has less than either of them, and never two writers. */
class LedgerStoreTest {

  private static final SubsampledGaussian PLAN = new SubsampledGaussian(0.1, 1, 9);
  private static final LedgerHeader HEADER =
      new LedgerHeader(PLAN, 1, 1e-5, 9, Adjacency.ADD_OR_REMOVE_ONE, "row", "config", true);

  @TempDir Path folder;

  /** As an object store: what is there stays. */
  private static final class Objects implements LedgerStore {
    private final List<String> lines = new ArrayList<>();

    @Override
    public List<String> lines() {
      return List.copyOf(lines);
    }

    @Override
    public boolean add(int number, String line) {
      if (number == lines.size()) {
        lines.add(line);
      }
      return lines.get(number).equals(line);
    }
  }

  private Ledger open(String name, LedgerStore store) {
    return Ledger.open(folder.resolve(name), Optional.of(store), HEADER, steps -> 0.1 * steps);
  }

  @Test
  void afterACrashBetweenTheTwoTheStepIsCharged() throws IOException {
    Objects store = new Objects();
    try (Ledger ledger = open("a", store)) {
      ledger.record(0, PLAN, 1);
      ledger.record(1, PLAN, 1);
    }
    Path file = folder.resolve("a");
    List<String> lines = Files.readAllLines(file);
    assertThat(store.lines()).isEqualTo(lines);
    Files.write(file, lines.subList(0, 2));
    try (Ledger ledger = open("a", store)) {
      assertThat(ledger.stepsCharged()).isEqualTo(2);
    }
    assertThat(Files.readAllLines(file)).isEqualTo(store.lines()).startsWith(lines.get(0));
    assertThat(LedgerLines.read(store).hashes()).isEqualTo(LedgerLines.read(file).hashes());
  }

  @Test
  void onAnotherDiskARunGoesOnWithAllThatItSpent() throws IOException {
    Objects store = new Objects();
    try (Ledger ledger = open("lost", store)) {
      ledger.record(0, PLAN, 1);
    }
    try (Ledger ledger = open("new", store)) {
      assertThat(ledger.stepsCharged()).isEqualTo(1);
      ledger.record(1, PLAN, 1);
      assertThat(ledger.epsilonSpent()).isEqualTo(0.2);
    }
  }

  @Test
  void ofTwoWritersTheSecondTakesNoStep() throws IOException {
    Objects store = new Objects();
    try (Ledger one = open("one", store);
        Ledger other = open("other", store)) {
      other.record(0, PLAN, 1);
      assertThatThrownBy(() -> one.record(0, PLAN, 1))
          .isInstanceOf(LedgerTakenException.class)
          .hasMessageContaining("another process goes on with this run");
      assertThat(one.stepsCharged()).isZero();
    }
  }

  @Test
  void aLedgerThatBeganWithoutAStoreIsCopiedThere() throws IOException {
    Path file = folder.resolve("a");
    try (Ledger ledger = Ledger.open(file, HEADER, steps -> 0.1 * steps)) {
      ledger.record(0, PLAN, 1);
    }
    Objects store = new Objects();
    open("a", store).close();
    assertThat(store.lines()).isEqualTo(Files.readAllLines(file)).hasSize(3);
  }

  @Test
  void ledgersOfTwoRunsAreNotTakenForOne() throws IOException {
    Objects store = new Objects();
    open("one", store).close();
    Ledger.open(folder.resolve("two"), HEADER, steps -> 0.1 * steps).close();
    assertThatThrownBy(() -> open("two", store)).hasMessageContaining("ledgers of two runs");
  }
}
