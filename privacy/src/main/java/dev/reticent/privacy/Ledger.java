package dev.reticent.privacy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;

/**
 * What a run has spent: one line of JSON for each released step and one for each session after the
 * first, in a file that only grows and whose lines are chained by their hashes.
 *
 * <p>A step's line is on the disk before its noisy sum is handed out, so a crash can only leave a
 * step charged that was not used. A step that is redone after a resume draws new noise and is
 * charged again: ε never falls. (Under a test key the redone step has the same noise, must match
 * its line and gets no second one.) The ledger refuses the step that would exceed the budget before
 * it is taken. One process at a time has it open; an interrupt of the thread does not disturb it.
 * Safe for use by many threads.
 */
public final class Ledger implements AutoCloseable {

  private static final String RUN = ",\"run\":\"";
  private static final String SESSION = "\"kind\":\"session\"";
  private static final String STEP = "\"kind\":\"step\"";

  private final HashChain chain;
  private final LedgerHeader header;
  private final IntToDoubleFunction epsilonAfter;
  private int charged;
  private int rounds;

  /** Steps charged since the session began: with them its noise did. */
  private int inSession;

  private Ledger(HashChain chain, LedgerHeader header, IntToDoubleFunction epsilonAfter) {
    this.chain = chain;
    this.header = header;
    this.epsilonAfter = epsilonAfter;
    for (String body : chain.bodies()) {
      if (body.startsWith(STEP)) {
        count();
      } else {
        inSession = 0;
      }
    }
  }

  private void count() {
    rounds = roundsWithNext();
    charged++;
    inSession++;
  }

  /** A session's noise is its own, so its first step begins a round, and each b-th one after it. */
  private int roundsWithNext() {
    return rounds + (inSession % header.plan().bands() == 0 ? 1 : 0);
  }

  /**
   * Opens a run's ledger, or begins it.
   *
   * <p>A last line without an end, which a crash can leave, is cut off.
   *
   * @param rule what bounds ε; it is computed from the header's own plan, adjacency and δ
   * @throws IllegalArgumentException when the file's chain is broken (with the line's number), its
   *     first line promises something else than the header, or it is open elsewhere
   */
  public static Ledger open(Path path, LedgerHeader header, AccountantRule rule) {
    return open(path, Optional.empty(), header, rule);
  }

  /**
   * Opens a ledger with a second place for each line, which is written first.
   *
   * @throws LedgerTakenException when another process writes there
   */
  public static Ledger open(
      Path path, Optional<LedgerStore> store, LedgerHeader header, AccountantRule rule) {
    return open(path, store, header, PlanAccounting.of(header, rule).epsilonAfter(header.budget()));
  }

  /** With a given upper bound on ε after a number of charged steps: for tests of the ledger. */
  static Ledger open(Path path, LedgerHeader header, IntToDoubleFunction epsilonAfter) {
    return open(path, Optional.empty(), header, epsilonAfter);
  }

  static Ledger open(
      Path path,
      Optional<LedgerStore> store,
      LedgerHeader header,
      IntToDoubleFunction epsilonAfter) {
    try {
      HashChain chain = HashChain.open(path, store);
      try {
        begin(chain, path, header);
      } catch (IOException | RuntimeException e) {
        chain.close();
        throw e;
      }
      return new Ledger(chain, header, epsilonAfter);
    } catch (IOException e) {
      throw new UncheckedIOException("the ledger " + path + " cannot be opened", e);
    }
  }

  private static void begin(HashChain chain, Path path, LedgerHeader header) throws IOException {
    if (chain.bodies().isEmpty()) {
      chain.append(header.toJson() + RUN + name(header) + "\"");
    } else if (!chain.bodies().get(0).startsWith(header.toJson() + RUN)) {
      throw new IllegalArgumentException(
          path
              + ":1: this ledger belongs to a run with other settings; found {"
              + chain.bodies().get(0)
              + "}, expected {"
              + header.toJson()
              + "}. Resume with the same config, or start afresh in another folder.");
    } else if (header.secretKey()) {
      // No two sessions have the same line, so a copy of the file that goes on differs from it.
      chain.append(SESSION + ",\"id\":\"" + random() + "\"");
    }
  }

  /** A name no other run has; that of a test run follows from what it promises. */
  private static String name(LedgerHeader header) {
    if (!header.secretKey()) {
      return "test-" + HashChain.hash("", header.toJson()).substring(0, 16);
    }
    return random();
  }

  private static String random() {
    byte[] bytes = new byte[8];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /**
   * Charges a step.
   *
   * @throws BudgetExceededException when ε would exceed the budget; nothing is charged then
   * @throws IllegalArgumentException when plan or clip norm are not those of the header
   */
  synchronized void record(int step, SubsampledGaussian plan, double clipNorm) {
    requirePlan(plan, clipNorm);
    if (!header.secretKey() && redone(step)) {
      return;
    }
    double epsilon = epsilonAfter.applyAsDouble(roundsWithNext());
    if (!(epsilon <= header.budget())) {
      throw new BudgetExceededException(
          "step %d would spend ε = %.4f, more than the budget of %s; stopped after %d charged steps with ε = %.4f"
              .formatted(step, epsilon, header.budget(), charged, epsilonSpent()));
    }
    try {
      chain.append(entry(step, epsilon));
      count();
    } catch (IOException e) {
      throw new UncheckedIOException("the ledger cannot be written, so no step is taken", e);
    }
  }

  /**
   * Refuses steps that this ledger does not account for.
   *
   * @throws IllegalArgumentException when plan or clip norm are not those of the header
   */
  void requirePlan(SubsampledGaussian plan, double clipNorm) {
    if (!plan.equals(header.plan()) || clipNorm != header.clipNorm()) {
      throw new IllegalArgumentException(
          "the ledger accounts for %s with clip norm %s, got %s with %s"
              .formatted(header.plan(), header.clipNorm(), plan, clipNorm));
    }
  }

  /**
   * Refuses to go on in the middle of a round, whose noise another key made.
   *
   * @throws IllegalStateException then
   */
  synchronized void requireNewRound() {
    if (header.plan().bands() > 1 && inSession > 0) {
      throw new IllegalStateException(
          "the noise of this ledger's session goes on from step to step; close the ledger and open"
              + " it anew for another key");
    }
  }

  private static String entry(int step, double epsilon) {
    return String.format(Locale.ROOT, "%s,\"step\":%d,\"epsilon\":%s", STEP, step, epsilon);
  }

  /** Whether a test run takes this step again, exactly as it was recorded. */
  private boolean redone(int step) {
    if (step >= stepsCharged()) {
      return false;
    }
    String recorded = chain.bodies().get(step + 1);
    String expected = entry(step, epsilonAfter.applyAsDouble(header.plan().rounds(step + 1)));
    if (!recorded.equals(expected)) {
      throw new IllegalStateException(
          "step %d of this test run was recorded as {%s}, done again it is {%s}"
              .formatted(step, recorded, expected));
    }
    return true;
  }

  /** What the run promised. */
  public LedgerHeader header() {
    return header;
  }

  /** The run's name, drawn when its ledger began: no other run has it, whatever its folder. */
  public String run() {
    String first = chain.bodies().get(0);
    return first.substring(first.lastIndexOf(RUN) + RUN.length(), first.length() - 1);
  }

  /** Steps charged so far, redone ones counted again. */
  public synchronized int stepsCharged() {
    return charged;
  }

  /**
   * How many steps of the accountant those are: as many without bands; with b of them one for each
   * round of b steps, and for what is left of it when a session ends.
   */
  public synchronized int roundsCharged() {
    return rounds;
  }

  /** The upper bound on ε of what was released so far. */
  public synchronized double epsilonSpent() {
    return charged == 0 ? 0 : epsilonAfter.applyAsDouble(rounds);
  }

  /** The hashes of all lines. */
  synchronized List<String> hashes() {
    return List.copyOf(chain.hashes());
  }

  /** The hash of the last line: stored with a checkpoint, it ties the two together. */
  public synchronized String lastHash() {
    return chain.lastHash();
  }

  /**
   * Makes sure that this ledger goes on from where a checkpoint was made.
   *
   * @param hash the {@link #lastHash} that the checkpoint stored
   * @throws IllegalArgumentException when no line has it: the ledger was replaced or cut, so what
   *     the checkpoint's model has spent is not all in it
   */
  public synchronized void requireLine(String hash) {
    if (!chain.hashes().contains(hash)) {
      throw new IllegalArgumentException(
          "a checkpoint or seal here was made after steps that this ledger does not have, so its ε"
              + " would be too small; restore the run's ledger.jsonl, or start afresh in another"
              + " folder");
    }
  }

  @Override
  public synchronized void close() {
    try {
      chain.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
