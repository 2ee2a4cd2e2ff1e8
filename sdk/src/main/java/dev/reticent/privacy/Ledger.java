package dev.reticent.privacy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;

/**
 * What a run has spent: one line of JSON for each released step, in a file that only grows.
 *
 * <p>Each line ends with the SHA-256 of the line before it and its own text, so that no line can be
 * changed, dropped or put in unnoticed. A step's line is on the disk before its noisy sum is handed
 * out, so a crash can only leave a step charged that was not used. A step that is redone after a
 * resume draws new noise and is charged again: ε never falls. (Under a test key the redone step has
 * the same noise, must match its line and gets no second one.) The ledger refuses the step that
 * would exceed the budget before it is taken. Safe for use by many threads.
 */
public final class Ledger implements AutoCloseable {

  private static final String HASH = ",\"hash\":\"";
  private static final String START = "0".repeat(64);

  private final FileChannel file;
  private final LedgerHeader header;
  private final IntToDoubleFunction epsilonAfter;
  private String lastHash;
  private final List<String> steps;

  private Ledger(
      FileChannel file,
      LedgerHeader header,
      IntToDoubleFunction epsilonAfter,
      String lastHash,
      List<String> steps) {
    this.file = file;
    this.header = header;
    this.epsilonAfter = epsilonAfter;
    this.lastHash = lastHash;
    this.steps = steps;
  }

  /**
   * Opens a run's ledger, or begins it.
   *
   * <p>A last line without an end, which a crash can leave, is cut off.
   *
   * @param epsilonAfter an upper bound on ε after a number of charged steps
   * @throws IllegalArgumentException when the file's chain is broken (with the line's number) or
   *     its first line promises something else than the header
   */
  public static Ledger open(Path path, LedgerHeader header, IntToDoubleFunction epsilonAfter) {
    try {
      byte[] bytes = Files.exists(path) ? Files.readAllBytes(path) : new byte[0];
      int whole = bytes.length;
      while (whole > 0 && bytes[whole - 1] != '\n') {
        whole--;
      }
      String text = new String(bytes, 0, whole, StandardCharsets.UTF_8);
      String hash = START;
      int lines = 0;
      List<String> steps = new ArrayList<>();
      for (String line : text.isEmpty() ? new String[0] : text.split("\n")) {
        lines++;
        hash = verified(path, lines, line, hash);
        if (lines > 1) {
          steps.add(line.substring(1, line.lastIndexOf(HASH)));
        }
        if (lines == 1 && !line.startsWith("{" + header.toJson() + HASH)) {
          throw new IllegalArgumentException(
              path
                  + ":1: this ledger belongs to a run with other settings or other data; found "
                  + line
                  + ", expected "
                  + header.toJson()
                  + ". Resume with the same config and data, or start afresh in another folder.");
        }
      }
      FileChannel file =
          FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      file.truncate(whole);
      file.position(whole);
      Ledger ledger = new Ledger(file, header, epsilonAfter, hash, steps);
      if (lines == 0) {
        ledger.append(header.toJson());
      }
      return ledger;
    } catch (IOException e) {
      throw new UncheckedIOException("the ledger " + path + " cannot be opened", e);
    }
  }

  private static String verified(Path path, int number, String line, String previous) {
    int at = line.lastIndexOf(HASH);
    if (at >= 1 && line.endsWith("\"}")) {
      String body = line.substring(1, at);
      String hash = line.substring(at + HASH.length(), line.length() - 2);
      if (hash.equals(hash(previous, body))) {
        return hash;
      }
    }
    throw new IllegalArgumentException(
        path
            + ":"
            + number
            + ": the hash chain is broken here, so the ledger was changed after it was written. No ε can be stated from it; restore the file from a copy.");
  }

  /**
   * Charges a step.
   *
   * @throws BudgetExceededException when ε would exceed the budget; nothing is charged then
   * @throws IllegalArgumentException when plan or clip norm are not those of the header
   */
  synchronized void record(int step, SubsampledGaussian plan, double clipNorm) {
    if (!plan.equals(header.plan()) || clipNorm != header.clipNorm()) {
      throw new IllegalArgumentException(
          "the ledger accounts for %s with clip norm %s, got %s with %s"
              .formatted(header.plan(), header.clipNorm(), plan, clipNorm));
    }
    if (!header.secretKey() && redone(step)) {
      return;
    }
    double epsilon = epsilonAfter.applyAsDouble(steps.size() + 1);
    if (epsilon > header.budget()) {
      throw new BudgetExceededException(
          "step %d would spend ε = %.4f, more than the budget of %s; stopped after %d charged steps with ε = %.4f"
              .formatted(step, epsilon, header.budget(), steps.size(), epsilonSpent()));
    }
    String entry = entry(step, epsilon);
    try {
      append(entry);
    } catch (IOException e) {
      throw new UncheckedIOException("the ledger cannot be written, so no step is taken", e);
    }
    steps.add(entry);
  }

  private static String entry(int step, double epsilon) {
    return String.format(
        Locale.ROOT, "\"kind\":\"step\",\"step\":%d,\"epsilon\":%s", step, epsilon);
  }

  /** Whether a test run takes this step again, exactly as it was recorded. */
  private boolean redone(int step) {
    if (step >= steps.size()) {
      return false;
    }
    String expected = entry(step, epsilonAfter.applyAsDouble(step + 1));
    if (!steps.get(step).equals(expected)) {
      throw new IllegalStateException(
          "step %d of this test run was recorded as {%s}, done again it is {%s}"
              .formatted(step, steps.get(step), expected));
    }
    return true;
  }

  private void append(String body) throws IOException {
    String hash = hash(lastHash, body);
    ByteBuffer line =
        ByteBuffer.wrap(("{" + body + HASH + hash + "\"}\n").getBytes(StandardCharsets.UTF_8));
    while (line.hasRemaining()) {
      file.write(line);
    }
    file.force(false);
    lastHash = hash;
  }

  private static String hash(String previous, String body) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest((previous + body).getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK lacks SHA-256", e);
    }
  }

  /** What the run promised. */
  public LedgerHeader header() {
    return header;
  }

  /** Steps charged so far, redone ones counted again. */
  public synchronized int stepsCharged() {
    return steps.size();
  }

  /** The upper bound on ε of what was released so far. */
  public synchronized double epsilonSpent() {
    return steps.isEmpty() ? 0 : epsilonAfter.applyAsDouble(steps.size());
  }

  /** The hash of the last line: stored with a checkpoint, it ties the two together. */
  public synchronized String lastHash() {
    return lastHash;
  }

  @Override
  public synchronized void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
