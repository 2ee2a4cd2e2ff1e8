package dev.reticent.privacy;

import dev.reticent.privacy.accounting.Adjacency;
import dev.reticent.privacy.accounting.Neighbors;
import dev.reticent.privacy.accounting.PldAccountant;
import dev.reticent.privacy.accounting.PrivacyEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All runs on the same rows: their ε adds up, whoever started them.
 *
 * <p>A folder with one small file for each run, under a lock that processes share. A run is entered
 * with all its planned steps before its first one, so two runs started at once cannot both take
 * what is left. The registry remembers where each run's ledger stood: a copy of a run's folder that
 * goes on beside it is found out, and refused or counted as the fork it is.
 *
 * <p>{@link Policy#REFUSE} keeps a fixed budget ({@link RenyiFilter}); {@link Policy#WARN} reads a
 * running total ({@link RenyiOdometer}). While there is one run only, nothing was chosen by looking
 * at another, and its own bound by privacy loss distributions counts.
 *
 * <p>Rows are recognised by a key of the whole file ({@link LocalSecret}): files that merely
 * overlap are different data here. Runs under test keys are entered like others.
 */
public final class RunRegistry {

  /** What happens when runs add up to more than the total budget. */
  public enum Policy {
    WARN,
    REFUSE
  }

  /**
   * All runs on the same rows.
   *
   * @param epsilon an upper bound on ε of all of them together: the fixed budget, or the reading
   * @param exceeded whether they take more than the total budget
   * @param used the share of the fixed budget that they take
   * @param forked whether the run at hand was found to be a copy of one that went on elsewhere
   */
  public record Total(int runs, double epsilon, boolean exceeded, double used, boolean forked) {}

  /** File locks are held for the whole process, so threads need one of their own. */
  private static final Object IN_PROCESS = new Object();

  private static final String FORK = "-fork-";

  private final Path folder;
  private final Neighbors neighbors;
  private final double delta;
  private final double totalBudget;
  private final Policy policy;

  /**
   * @param adjacency what the ε of the total compares
   * @param delta δ of the total
   * @param totalBudget the ε that all runs on the same rows may spend together
   */
  public RunRegistry(
      Path folder, Adjacency adjacency, double delta, double totalBudget, Policy policy) {
    if (!(delta > 0 && delta < 1) || !(totalBudget > 0)) {
      throw new IllegalArgumentException(
          "a registry needs δ in (0, 1) and a positive budget, got " + delta + ", " + totalBudget);
    }
    this.folder = folder;
    this.neighbors = Neighbors.of(adjacency);
    this.delta = delta;
    this.totalBudget = totalBudget;
    this.policy = policy;
  }

  /** The folder's secret, by which rows are recognised. */
  public LocalSecret secret() {
    return LocalSecret.in(folder);
  }

  /**
   * Enters a run with the steps it may yet charge, or finds that it was entered.
   *
   * @param dataKey of its rows
   * @param steps all that it will have charged when it ends undisturbed, as the accountant counts
   *     them ({@link Ledger#roundsCharged})
   * @throws BudgetExceededException under {@link Policy#REFUSE}, when the total would be more than
   *     the budget; the run is not entered then
   * @throws IllegalArgumentException under {@link Policy#REFUSE}, when this ledger is a copy whose
   *     run went on elsewhere; or when the fixed budget is another one
   */
  public Total enter(Ledger ledger, String dataKey, int steps) {
    return write(ledger, dataKey, steps, policy == Policy.REFUSE);
  }

  /**
   * Corrects a run's entry to the steps its ledger charged, redone ones included. For a run that
   * has ended; what it released counts, so nothing is refused any more.
   */
  public Total settle(Ledger ledger, String dataKey) {
    return write(ledger, dataKey, ledger.roundsCharged(), false);
  }

  /** All runs on these rows, as they stand. */
  public Total total(String dataKey) {
    return locked(() -> total(read(), dataKey, false));
  }

  /**
   * Whether a ledger has the last line that the registry saw of its run, or of a fork of it; true
   * for a run that it does not know.
   */
  public boolean knowsTailOf(String run, List<String> hashes) {
    Map<String, RegistryEntry> own = copiesOf(run, locked(this::read));
    return own.isEmpty() || own.values().stream().anyMatch(entry -> entry.goesOnIn(hashes));
  }

  private Total write(Ledger ledger, String dataKey, int steps, boolean refuse) {
    return locked(
        () -> {
          Map<String, RegistryEntry> entries = read();
          String name = nameOf(ledger, entries);
          boolean forked = !entries.containsKey(name) && entries.containsKey(ledger.run());
          Optional<RegistryEntry> known =
              Optional.ofNullable(entries.get(forked ? ledger.run() : name));
          RegistryEntry entry = entry(ledger, dataKey, steps, known, forked);
          if (forked && refuse) {
            throw new IllegalArgumentException(
                "this run went on in another copy of its folder, as %s knows: what both release adds up to more than either states. Go on in that folder, start afresh in another one, or count both with privacy.registry_policy: warn"
                    .formatted(folder));
          }
          entries.put(name, entry);
          Total total = total(entries, dataKey, forked);
          if (total.exceeded() && refuse) {
            throw new BudgetExceededException(
                "run '%s' would bring all %d runs on this data to more than the total budget of ε = %s (%.0f %% of it)"
                    .formatted(name, total.runs(), totalBudget, 100 * total.used()));
          }
          Path fixed = folder.resolve(filterName(dataKey));
          if (!Files.exists(fixed)) {
            put(filterName(dataKey), filter(dataKey, entry.event()).line());
          }
          put(name + ".run", entry.line());
          return total;
        });
  }

  /** The entry that a ledger goes on with; for a fork that is not known yet, a new name. */
  private static String nameOf(Ledger ledger, Map<String, RegistryEntry> entries) {
    String run = ledger.run();
    Map<String, RegistryEntry> copies = copiesOf(run, entries);
    if (copies.isEmpty() || !ledger.header().secretKey()) {
      return run; // a test run's lines are the same whenever it is done again
    }
    return copies.entrySet().stream()
        .filter(copy -> copy.getValue().goesOnIn(ledger.hashes()))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(run + FORK + ledger.lastHash().substring(0, 8));
  }

  private static Map<String, RegistryEntry> copiesOf(
      String run, Map<String, RegistryEntry> entries) {
    Map<String, RegistryEntry> copies = new TreeMap<>(entries);
    copies.keySet().removeIf(name -> !name.equals(run) && !name.startsWith(run + FORK));
    return copies;
  }

  private RegistryEntry entry(
      Ledger ledger, String dataKey, int steps, Optional<RegistryEntry> earlier, boolean forked) {
    RegistryEntry.Tail tail = new RegistryEntry.Tail(ledger.roundsCharged(), ledger.lastHash());
    RegistryEntry fresh =
        new RegistryEntry(ledger.header().plan().accounted(), steps, 0, dataKey, List.of(tail));
    if (earlier.isEmpty()) {
      return fresh;
    }
    RegistryEntry known = earlier.get();
    if (!known.sameRun(fresh)) {
      throw new IllegalArgumentException(
          "%s has a run '%s' already, with another plan or other data; start afresh in another folder"
              .formatted(folder, ledger.run()));
    }
    return forked ? known.fork(steps, tail, ledger.hashes()) : known.goingOn(steps, tail);
  }

  private Total total(Map<String, RegistryEntry> entries, String dataKey, boolean forked)
      throws IOException {
    List<PrivacyEvent> runs =
        entries.values().stream()
            .filter(entry -> entry.data().equals(dataKey))
            .map(RegistryEntry::event)
            .toList();
    if (runs.isEmpty()) {
      return new Total(0, 0, false, 0, forked);
    }
    // Of one run nothing was chosen by looking at another, so its own, exact bound counts.
    double alone =
        runs.size() == 1
            ? new PldAccountant(neighbors).epsilon(runs, delta)
            : Double.POSITIVE_INFINITY;
    double reading = Math.min(new RenyiOdometer(neighbors, delta).reading(runs), alone);
    if (policy == Policy.WARN) {
      double used = reading / totalBudget;
      return new Total(runs.size(), reading, used > 1, used, forked);
    }
    double used = Math.min(filter(dataKey, runs.get(0)).used(runs), alone / totalBudget);
    double epsilon = used > 1 ? reading : Math.min(totalBudget, alone);
    return new Total(runs.size(), epsilon, used > 1, used, forked);
  }

  /** The filter of these rows: as it was fixed, or as their first run fixes it. */
  private RenyiFilter filter(String dataKey, PrivacyEvent first) throws IOException {
    Path file = folder.resolve(filterName(dataKey));
    if (!Files.exists(file)) {
      return RenyiFilter.before(first, totalBudget, delta, neighbors);
    }
    RenyiFilter fixed = RenyiFilter.parse(file, Files.readString(file).strip());
    if (!fixed.keeps(totalBudget, delta, neighbors)) {
      throw new IllegalArgumentException(
          "the total budget of these rows was fixed when their first run was entered: ε = %s at δ = %s, %s. A budget that moves by what runs showed bounds nothing: give that one, or read the running total with privacy.registry_policy: warn"
              .formatted(
                  fixed.epsilon(),
                  fixed.delta(),
                  LedgerHeader.words(fixed.neighbors().adjacency())));
    }
    return fixed;
  }

  private static String filterName(String dataKey) {
    return dataKey.substring(0, Math.min(32, dataKey.length())) + ".filter";
  }

  private void put(String name, String line) throws IOException {
    Path part = folder.resolve(name + ".part");
    Files.writeString(part, line + "\n", StandardCharsets.UTF_8);
    Files.move(part, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  /** Work on the folder. */
  private interface Work<T> {
    T run() throws IOException;
  }

  private <T> T locked(Work<T> work) {
    synchronized (IN_PROCESS) {
      try {
        Files.createDirectories(folder);
        try (FileChannel channel =
            FileChannel.open(
                folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
          channel.lock(); // until the channel closes
          return work.run();
        }
      } catch (IOException e) {
        throw new UncheckedIOException("the registry " + folder + " cannot be used", e);
      }
    }
  }

  private Map<String, RegistryEntry> read() throws IOException {
    Map<String, RegistryEntry> entries = new TreeMap<>();
    try (var files = Files.newDirectoryStream(folder, "*.run")) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        String line = Files.readString(file, StandardCharsets.UTF_8).strip();
        entries.put(name.substring(0, name.length() - 4), RegistryEntry.parse(file, line));
      }
    }
    return entries;
  }
}
