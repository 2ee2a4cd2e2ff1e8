package dev.reticent.privacy;

import static dev.reticent.privacy.ConformanceFixtures.C;
import static dev.reticent.privacy.ConformanceFixtures.PLAN;
import static dev.reticent.privacy.ConformanceFixtures.accumulator;
import static dev.reticent.privacy.ConformanceFixtures.batch;
import static dev.reticent.privacy.ConformanceFixtures.empty;
import static dev.reticent.privacy.ConformanceFixtures.ledger;
import static dev.reticent.privacy.ConformanceFixtures.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reticent.privacy.accounting.Adjacency;
import dev.reticent.testing.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What is promised of releases, the budget and the ledger. */
final class LedgerConformance {

  private LedgerConformance() {}

  static void sumIsReleasedOnce() {
    ClippedSum sum = accumulator(new int[0], 2).finish();
    sum.take();
    assertThatThrownBy(sum::take).hasMessageContaining("already");
  }

  static void sumsOfAnotherPlanOrClipNormAreRefused() throws IOException {
    try (Ledger ledger = ledger(PLAN, true, 9)) {
      GaussianMechanism mechanism = new GaussianMechanism(PLAN, RunKey.fresh(), ledger, 0);
      SubsampledGaussian other = new SubsampledGaussian(0.5, 1.7, 40);
      PoissonBatch batch = batch(other, 0, new int[0], new Clipping.Flat(C));
      assertThatThrownBy(() -> mechanism.release(batch.accumulator(1).finish()))
          .hasMessageContaining("sampled under");
      PoissonBatch mine = batch(PLAN, 0, new int[0], new Clipping.Flat(2 * C));
      assertThatThrownBy(() -> mechanism.release(mine.accumulator(1).finish()))
          .hasMessageContaining("clip norm");
      assertThat(ledger.stepsCharged()).isZero();
    }
  }

  /** Three steps fit the budget of 0.3; the fourth is not taken, and its sum stays whole. */
  static void runStopsBeforeTheStepThatExceedsTheBudget() throws IOException {
    try (Ledger ledger = ledger(PLAN, true, 0.3)) {
      GaussianMechanism mechanism = new GaussianMechanism(PLAN, RunKey.fresh(), ledger, 0);
      for (int step = 0; step < 3; step++) {
        mechanism.release(empty(step).finish());
      }
      ClippedSum fourth = empty(3).finish();
      assertThatThrownBy(() -> mechanism.release(fourth)).hasMessageContaining("budget");
      assertThat(ledger.epsilonSpent()).isCloseTo(0.3, within(1e-12));
      assertThat(fourth.take()).hasSize(4);
    }
  }

  static void resumeKeepsEveryCharge() throws IOException {
    Path path = path();
    try (Ledger ledger = ledger(path, PLAN, true, 9)) {
      for (int step = 0; step < 5; step++) {
        ledger.record(step, PLAN, C);
      }
    }
    try (Ledger resumed = ledger(path, PLAN, true, 9)) {
      assertThat(resumed.stepsCharged()).isEqualTo(5);
      resumed.record(3, PLAN, C);
      assertThat(resumed.stepsCharged()).as("a redone step has new noise").isEqualTo(6);
    }
    assertThat(Files.readAllLines(path)).as("a header, 6 steps, a session").hasSize(8);
  }

  /** In test mode a run cut at any byte of its ledger resumes to the same bytes. */
  static void testRunCutAtAnyByteResumesToTheSameLedger() throws IOException {
    Path path = path();
    try (Ledger ledger = ledger(path, PLAN, false, 9)) {
      for (int step = 0; step < 3; step++) {
        ledger.record(step, PLAN, C);
      }
    }
    byte[] whole = Files.readAllBytes(path);
    for (int cut = 0; cut <= whole.length; cut += cut < 20 ? 1 : 7) {
      Files.write(path, Arrays.copyOf(whole, cut));
      try (Ledger resumed = ledger(path, PLAN, false, 9)) {
        for (int step = 0; step < 3; step++) {
          resumed.record(step, PLAN, C);
        }
      }
      assertThat(Files.readAllBytes(path)).as("cut at %d", cut).isEqualTo(whole);
    }
  }

  /** A checkpoint's steps are in the ledger, or the run does not go on. */
  static void checkpointWithoutItsLedgerIsRefused() throws IOException {
    Path path = path();
    String hash;
    try (Ledger ledger = ledger(path, PLAN, true, 9)) {
      ledger.record(0, PLAN, C);
      hash = ledger.lastHash();
      ledger.record(1, PLAN, C);
      ledger.requireLine(hash);
      assertThatThrownBy(() -> ledger(path, PLAN, true, 9)).hasMessageContaining("open");
    }
    Files.delete(path);
    try (Ledger anew = ledger(path, PLAN, true, 9)) {
      assertThatThrownBy(() -> anew.requireLine(hash)).hasMessageContaining("does not have");
    }
  }

  static void runsHaveNamesOfTheirOwn() throws IOException {
    Path path = path();
    String name;
    try (Ledger ledger = ledger(path, PLAN, true, 9);
        Ledger other = ledger(PLAN, true, 9)) {
      name = ledger.run();
      assertThat(other.run()).isNotEqualTo(name);
    }
    try (Ledger resumed = ledger(path, PLAN, true, 9)) {
      assertThat(resumed.run()).isEqualTo(name).matches("[0-9a-f]{16}");
    }
  }

  /** An interrupt closes a channel that is being written; a ledger goes on. */
  static void interruptDoesNotDisturbTheLedger() throws IOException {
    try (Ledger ledger = ledger(PLAN, true, 9)) {
      Thread.currentThread().interrupt();
      ledger.record(0, PLAN, C);
      assertThat(Thread.interrupted()).isTrue();
      ledger.record(1, PLAN, C);
      assertThat(ledger.stepsCharged()).isEqualTo(2);
    }
  }

  static void changedLedgerIsRefusedWithItsLine() throws IOException {
    Path path = path();
    try (Ledger ledger = ledger(path, PLAN, true, 9)) {
      for (int step = 0; step < 4; step++) {
        ledger.record(step, PLAN, C);
      }
    }
    List<String> lines = Files.readAllLines(path);
    List<String> changed = new ArrayList<>(lines);
    changed.set(2, changed.get(2).replace("\"epsilon\":0.2", "\"epsilon\":0.1"));
    Files.write(path, changed);
    assertThatThrownBy(() -> ledger(path, PLAN, true, 9)).hasMessageContaining(":3: the hash");
    List<String> dropped = new ArrayList<>(lines);
    dropped.remove(2);
    Files.write(path, dropped);
    assertThatThrownBy(() -> ledger(path, PLAN, true, 9)).hasMessageContaining(":3: the hash");
  }

  static void ledgerOfOtherSettingsIsRefused() throws IOException {
    Path path = path();
    ledger(path, PLAN, true, 9).close();
    LedgerHeader other =
        new LedgerHeader(
            PLAN, C, 1e-5, 9, Adjacency.ADD_OR_REMOVE_ONE, "row", "other config", true);
    assertThatThrownBy(() -> Ledger.open(path, other, ConformanceFixtures::linear))
        .hasMessageContaining("other settings");
  }

  /** A run goes on with the rows that it was begun on, and where its local folder is. */
  static void runOnOtherDataIsRefused() throws IOException {
    Path local = Scratch.folder("local");
    LocalSecret secret = LocalSecret.in(local);
    String key = secret.dataKey(List.of("a", "b"));
    DataMark.require(local, key, false);
    DataMark.require(local, LocalSecret.in(local).dataKey(List.of("b", "a")), true);
    for (List<String> other : List.of(List.of("a"), List.of("a", "b", "b"), List.of("ab"))) {
      String otherKey = secret.dataKey(other);
      assertThatThrownBy(() -> DataMark.require(local, otherKey, true))
          .hasMessageContaining("other data");
    }
    Files.delete(local.resolve(DataMark.FILE));
    assertThatThrownBy(() -> DataMark.require(local, key, true)).hasMessageContaining("is missing");
  }

  /** Without the secret nobody can try candidates: another secret gives another key. */
  static void dataIsRecognisedUnderASecretOnly() throws IOException {
    Path here = Scratch.folder("secret");
    Path there = Scratch.folder("secret");
    List<String> rows = List.of("a", "b");
    assertThat(LocalSecret.in(here).dataKey(rows))
        .isEqualTo(LocalSecret.in(here).dataKey(rows))
        .isNotEqualTo(LocalSecret.in(there).dataKey(rows))
        .isNotEqualTo(LocalSecret.in(here).mac("seal", rows));
    Files.writeString(here.resolve(LocalSecret.FILE), "0");
    assertThatThrownBy(() -> LocalSecret.in(here)).hasMessageContaining("hexadecimal");
  }
}
