package dev.reticent.privacy;

import static dev.reticent.privacy.ConformanceFixtures.C;
import static dev.reticent.privacy.ConformanceFixtures.PLAN;
import static dev.reticent.privacy.ConformanceFixtures.fork;
import static dev.reticent.privacy.ConformanceFixtures.ledger;
import static dev.reticent.privacy.ConformanceFixtures.path;
import static dev.reticent.privacy.ConformanceFixtures.registry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reticent.privacy.accounting.Neighbors;
import dev.reticent.privacy.accounting.PrivacyEvent;
import dev.reticent.privacy.accounting.RdpAccountant;
import dev.reticent.testing.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What is promised of several runs on the same data. */
final class RegistryConformance {

  private RegistryConformance() {}

  static void registryComposesRunsOnTheSameData() throws IOException {
    Path folder = Scratch.folder("registry");
    RunRegistry registry = registry(folder, 2.2, RunRegistry.Policy.REFUSE);
    SubsampledGaussian small = new SubsampledGaussian(0.01, 1, 100);
    try (Ledger one = ledger(small, true, 9);
        Ledger two = ledger(small, true, 9);
        Ledger three = ledger(new SubsampledGaussian(0.5, 1, 100), true, 9)) {
      double used = registry.enter(one, "data", 100).used();
      assertThat(registry.enter(one, "data", 100).runs()).isEqualTo(1);
      RunRegistry.Total both = registry.enter(two, "data", 100);
      assertThat(both.runs()).isEqualTo(2);
      assertThat(both.used()).isGreaterThan(1.05 * used).isLessThan(1);
      assertThatThrownBy(() -> registry.enter(three, "data", 100))
          .hasMessageContaining("total budget");
      assertThat(registry.enter(two, "data", 100).runs()).isEqualTo(2);
      assertThat(registry.total("other").runs()).isZero();
      RunRegistry warning = registry(folder, 2.2, RunRegistry.Policy.WARN);
      assertThat(warning.enter(three, "data", 100).exceeded()).isTrue();
      RunRegistry other = registry(folder, 2.3, RunRegistry.Policy.REFUSE);
      assertThatThrownBy(() -> other.enter(two, "data", 100)).hasMessageContaining("was fixed");
    }
  }

  /** Privacy loss distributions let a first run in that Rényi divergences would keep out. */
  static void firstRunCountsByItsOwnBound() throws IOException {
    SubsampledGaussian plan = new SubsampledGaussian(1024 / 42061.0, 0.9, 411);
    RunRegistry registry = registry(Scratch.folder("registry"), 4.2, RunRegistry.Policy.REFUSE);
    try (Ledger first = ledger(plan, true, 9);
        Ledger second = ledger(plan, true, 9)) {
      // 3.9296 by PLD and 4.4802 by RDP: row B05 of the accounting reference
      assertThat(registry.enter(first, "data", 411).epsilon()).isCloseTo(3.9296, within(1e-3));
      assertThatThrownBy(() -> registry.enter(second, "data", 411))
          .hasMessageContaining("total budget");
    }
  }

  /** Two copies of a folder release more than one run, whichever goes on first. */
  static void forksAreRefusedOrCounted() throws IOException {
    Path folder = Scratch.folder("registry");
    RunRegistry refusing = registry(folder, 9, RunRegistry.Policy.REFUSE);
    RunRegistry counting = registry(folder, 9, RunRegistry.Policy.WARN);
    Path path = path();
    try (Ledger run = ledger(path, PLAN, true, 9)) {
      refusing.enter(run, "data", 10);
      for (int step = 0; step < 3; step++) {
        run.record(step, PLAN, C);
      }
      refusing.settle(run, "data");
    }
    Path copy = Files.copy(path, path.resolveSibling("copy.jsonl"));
    Path running = Files.copy(path, path.resolveSibling("running.jsonl"));
    try (Ledger run = ledger(path, PLAN, true, 9)) {
      assertThat(refusing.enter(run, "data", 10).forked()).isFalse();
      run.record(3, PLAN, C);
      assertThat(refusing.settle(run, "data").forked()).isFalse();
    }
    double alone = counting.total("data").epsilon();
    try (Ledger fork = ledger(copy, PLAN, true, 9)) {
      assertThatThrownBy(() -> refusing.enter(fork, "data", 10))
          .hasMessageContaining("another copy of its folder");
      RunRegistry.Total both = counting.enter(fork, "data", 10);
      assertThat(both.forked()).isTrue();
      assertThat(both.runs()).isEqualTo(2);
      assertThat(both.epsilon()).isGreaterThan(alone);
      fork.record(3, PLAN, C);
      assertThat(counting.settle(fork, "data").runs()).isEqualTo(2);
    }
    // What both charged before they parted is counted once: 4 steps and 1.
    assertThat(Files.readString(folder.resolve(fork(folder))))
        .startsWith("%s %s %s 1 3 data".formatted(0.25, 1.7, 40));
    // A copy that is begun while the run goes on is found out when the first of them ends.
    try (Ledger third = ledger(running, PLAN, true, 9)) {
      assertThat(counting.settle(third, "data").forked()).isTrue();
    }
  }

  /** Against the closed forms without sampling, where a step's divergence is α/(2σ²). */
  static void filterAndOdometerFollowTheirFormulas() {
    List<PrivacyEvent> runs =
        List.of(PrivacyEvent.poisson(1, 10, 50), PrivacyEvent.poisson(1, 5, 3));
    double slope = 50 / 200.0 + 3 / 50.0;
    double reading = Double.POSITIVE_INFINITY;
    for (double order :
        new double[] {1.25, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 128, 256, 512}) {
      reading = Math.min(reading, slope * order + Math.log(16 / 1e-5) / (order - 1));
    }
    RenyiOdometer odometer = new RenyiOdometer(Neighbors.ADD_OR_REMOVE_ROW, 1e-5);
    assertThat(odometer.reading(runs)).isCloseTo(reading, within(1e-9));
    assertThat(odometer.reading(runs))
        .as("what may be read at any time costs more than what was fixed")
        .isGreaterThan(new RdpAccountant(Neighbors.ADD_OR_REMOVE_ROW).epsilon(runs, 1e-5));

    RenyiFilter filter = new RenyiFilter(5, 4, 1e-5, Neighbors.ADD_OR_REMOVE_ROW);
    double budget = 4 - Math.log(0.8) + Math.log(5e-5) / 4;
    assertThat(filter.budget()).isCloseTo(budget, within(1e-12));
    assertThat(filter.used(runs)).isCloseTo(5 * slope / budget, within(1e-9));
    RenyiFilter chosen = RenyiFilter.before(runs.get(0), 4, 1e-5, Neighbors.ADD_OR_REMOVE_ROW);
    assertThat(chosen.used(runs)).isLessThanOrEqualTo(filter.used(runs));
  }
}
