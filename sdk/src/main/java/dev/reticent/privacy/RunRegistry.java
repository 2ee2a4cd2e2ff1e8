package dev.reticent.privacy;

import dev.reticent.privacy.accounting.Neighbors;
import dev.reticent.privacy.accounting.PrivacyEvent;
import dev.reticent.privacy.accounting.RdpAccountant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * All runs on the same data: their ε composes, whoever started them.
 *
 * <p>A folder with one small file for each run, under a lock that processes share. A run is entered
 * with all its planned steps before its first one, so two runs started at once cannot both take
 * what is left. The total is the Rényi divergence of all runs, converted once: an upper bound for
 * adding or removing one unit. It stays one when the settings of a run were chosen by looking at
 * earlier runs (Feldman and Zrnic 2021), which the tighter privacy loss distributions do not allow.
 * Runs under test keys are entered like others.
 */
public final class RunRegistry {

  /** What happens when runs add up to more than the total budget. */
  public enum Policy {
    WARN,
    REFUSE
  }

  /**
   * All runs on one data fingerprint.
   *
   * @param epsilon an upper bound on ε of all of them together
   * @param exceeded whether that is more than the total budget
   */
  public record Total(int runs, double epsilon, boolean exceeded) {}

  /** File locks are held for the whole process, so threads need one of their own. */
  private static final Object IN_PROCESS = new Object();

  private final Path folder;
  private final double delta;
  private final double totalBudget;
  private final Policy policy;

  /**
   * @param delta δ of the total
   * @param totalBudget the ε that all runs on the same data may spend together
   */
  public RunRegistry(Path folder, double delta, double totalBudget, Policy policy) {
    if (!(delta > 0 && delta < 1) || !(totalBudget > 0)) {
      throw new IllegalArgumentException(
          "a registry needs δ in (0, 1) and a positive budget, got " + delta + ", " + totalBudget);
    }
    this.folder = folder;
    this.delta = delta;
    this.totalBudget = totalBudget;
    this.policy = policy;
  }

  /**
   * Enters a run with the steps it may yet charge, or finds that it was entered.
   *
   * @param run the run's name, as {@link Ledger#run} has it: letters, digits, dot, dash and
   *     underscore
   * @param steps all that it will have charged when it ends undisturbed
   * @throws BudgetExceededException under {@link Policy#REFUSE}, when the total would be more than
   *     the budget; the run is not entered then
   * @throws IllegalArgumentException when the name is taken by a run with another plan or data
   */
  public Total enter(String run, LedgerHeader header, String dataKey, int steps) {
    return write(run, header, dataKey, steps, policy == Policy.REFUSE);
  }

  /**
   * Corrects a run's entry to the steps its ledger charged, redone ones included. For a run that
   * has ended.
   */
  public Total settle(Ledger ledger, String dataKey) {
    return write(ledger.run(), ledger.header(), dataKey, ledger.stepsCharged(), false);
  }

  /** All runs on the data of this one, as they stand. */
  public Total total(String dataKey) {
    return locked(() -> total(read(), dataKey));
  }

  private Total write(String run, LedgerHeader header, String dataKey, int steps, boolean refuse) {
    if (!run.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
      throw new IllegalArgumentException("not a name for a run: '" + run + "'");
    }
    Entry entry = new Entry(header.plan(), steps, dataKey);
    return locked(
        () -> {
          Map<String, Entry> entries = read();
          Entry known = entries.getOrDefault(run, entry);
          if (!known.sameRun(entry)) {
            throw new IllegalArgumentException(
                "%s has a run '%s' already, with another plan or other data; choose another name"
                    .formatted(folder, run));
          }
          entries.put(run, entry);
          Total total = total(entries, dataKey);
          if (total.exceeded() && refuse) {
            throw new BudgetExceededException(
                "run '%s' would bring the ε of all %d runs on this data to %.4f, more than the total budget of %s"
                    .formatted(run, total.runs(), total.epsilon(), totalBudget));
          }
          Path temporary = folder.resolve(run + ".tmp");
          Files.writeString(temporary, entry.line() + "\n", StandardCharsets.UTF_8);
          Files.move(temporary, folder.resolve(run + ".run"), StandardCopyOption.REPLACE_EXISTING);
          return total;
        });
  }

  /** Work on the folder. */
  private interface Work {
    Total run() throws IOException;
  }

  private Total locked(Work work) {
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

  private Map<String, Entry> read() throws IOException {
    Map<String, Entry> entries = new HashMap<>();
    try (var files = Files.newDirectoryStream(folder, "*.run")) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        String line = Files.readString(file, StandardCharsets.UTF_8).strip();
        entries.put(name.substring(0, name.length() - 4), Entry.parse(file, line));
      }
    }
    return entries;
  }

  private Total total(Map<String, Entry> entries, String fingerprint) {
    List<Entry> same = new ArrayList<>();
    for (Entry entry : entries.values()) {
      if (entry.data().equals(fingerprint)) {
        same.add(entry);
      }
    }
    double epsilon = composed(same);
    return new Total(same.size(), epsilon, epsilon > totalBudget);
  }

  private double composed(List<Entry> runs) {
    List<PrivacyEvent> history = new ArrayList<>();
    for (Entry run : runs) {
      SubsampledGaussian plan = run.plan();
      history.add(PrivacyEvent.poisson(plan.samplingRate(), plan.noiseMultiplier(), run.steps()));
    }
    return new RdpAccountant(Neighbors.ADD_OR_REMOVE_ROW).epsilon(history, delta);
  }

  private record Entry(SubsampledGaussian plan, int steps, String data) {

    boolean sameRun(Entry other) {
      return plan.equals(other.plan) && data.equals(other.data);
    }

    String line() {
      return String.format(
          Locale.ROOT,
          "%s %s %d %d %s",
          plan.samplingRate(),
          plan.noiseMultiplier(),
          plan.steps(),
          steps,
          data);
    }

    static Entry parse(Path file, String line) {
      String[] parts = line.split(" ", 5);
      try {
        return new Entry(
            new SubsampledGaussian(
                Double.parseDouble(parts[0]),
                Double.parseDouble(parts[1]),
                Integer.parseInt(parts[2])),
            Integer.parseInt(parts[3]),
            parts[4]);
      } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
        throw new IllegalArgumentException(
            file
                + ": not an entry of a run (sampling rate, noise multiplier, planned and charged"
                + " steps, data): '"
                + line
                + "'; the total over runs cannot be stated without it",
            e);
      }
    }
  }
}
