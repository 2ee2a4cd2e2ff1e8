package dev.reticent.privacy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A file of JSON lines that only grows. Each line ends with the SHA-256 of the line before it and
 * its own text, so that no line can be changed, dropped or put in unnoticed.
 *
 * <p>One process at a time has it open. Files are written past an interrupt of the thread, which
 * would close a channel. Not thread-safe.
 */
final class HashChain implements AutoCloseable {

  private static final String HASH = ",\"hash\":\"";
  private static final String START = "0".repeat(64);

  private final Optional<RandomAccessFile> file;
  private final Optional<LedgerStore> store;
  private final List<String> bodies = new ArrayList<>();
  private final List<String> hashes = new ArrayList<>();

  private HashChain(Optional<RandomAccessFile> file, Optional<LedgerStore> store) {
    this.file = file;
    this.store = store;
  }

  /**
   * Opens a file, or begins it; a last line without an end, which a crash can leave, is cut off.
   * What the file or the store lacks it gets from the other.
   *
   * @throws IllegalArgumentException when the chain is broken (with the line's number), or the file
   *     is open elsewhere
   */
  static HashChain open(Path path, Optional<LedgerStore> store) throws IOException {
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
    try {
      lock(path, file);
      byte[] bytes = Files.readAllBytes(path);
      int whole = bytes.length;
      while (whole > 0 && bytes[whole - 1] != '\n') {
        whole--;
      }
      HashChain chain = new HashChain(Optional.of(file), store);
      chain.read(path, new String(bytes, 0, whole, StandardCharsets.UTF_8));
      file.setLength(whole);
      file.seek(whole);
      chain.agree(path);
      return chain;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /**
   * The chain of a text that is only read.
   *
   * @throws IllegalArgumentException when the chain is broken (with the line's number)
   */
  static HashChain of(Object place, String text) {
    HashChain chain = new HashChain(Optional.empty(), Optional.empty());
    chain.read(place, text);
    return chain;
  }

  private static void lock(Path path, RandomAccessFile file) throws IOException {
    boolean locked;
    try {
      locked = file.getChannel().tryLock() != null; // until the file closes
    } catch (OverlappingFileLockException e) {
      locked = false;
    }
    if (!locked) {
      throw new IllegalArgumentException(
          path
              + ": another run has this ledger open; wait for it to end, or give this run a folder"
              + " of its own");
    }
  }

  /** The store has a line more after a crash between the two, or all of them after a lost disk. */
  private void agree(Path path) throws IOException {
    if (store.isEmpty()) {
      return;
    }
    HashChain there = of(store.get(), String.join("\n", store.get().lines()));
    int both = Math.min(bodies.size(), there.bodies.size());
    if (!hashes.subList(0, both).equals(there.hashes.subList(0, both))) {
      throw new IllegalArgumentException(
          path
              + " and "
              + store.get()
              + " are ledgers of two runs; give each run a folder and a place of its own");
    }
    for (int i = both; i < bodies.size(); i++) {
      add(store.get(), i, whole(bodies.get(i), hashes.get(i)));
    }
    for (String body : there.bodies.subList(both, there.bodies.size())) {
      write(body);
    }
  }

  private static void add(LedgerStore store, int number, String line) throws IOException {
    if (!store.add(number, line)) {
      throw new LedgerTakenException(store, number);
    }
  }

  private void read(Object path, String text) {
    for (String line : text.isEmpty() ? new String[0] : text.split("\n")) {
      int at = line.lastIndexOf(HASH);
      String body = at < 1 ? "" : line.substring(1, at);
      String hash = hash(lastHash(), body);
      if (!line.equals(whole(body, hash))) {
        throw new IllegalArgumentException(
            path
                + ":"
                + (bodies.size() + 1)
                + ": the hash chain is broken here, so the ledger was changed after it was written."
                + " No ε can be stated from it; restore the file from a copy.");
      }
      bodies.add(body);
      hashes.add(hash);
    }
  }

  /** The lines without braces and hashes. */
  List<String> bodies() {
    return bodies;
  }

  /** The hashes of the lines. */
  List<String> hashes() {
    return hashes;
  }

  String lastHash() {
    return hashes.isEmpty() ? START : hashes.get(hashes.size() - 1);
  }

  /** Adds a line; it is in the store and on the disk on return. */
  void append(String body) throws IOException {
    if (store.isPresent()) {
      add(store.get(), bodies.size(), whole(body, hash(lastHash(), body)));
    }
    write(body);
  }

  private void write(String body) throws IOException {
    String hash = hash(lastHash(), body);
    RandomAccessFile out = file.orElseThrow();
    out.write((whole(body, hash) + "\n").getBytes(StandardCharsets.UTF_8));
    out.getFD().sync();
    bodies.add(body);
    hashes.add(hash);
  }

  private static String whole(String body, String hash) {
    return "{" + body + HASH + hash + "\"}";
  }

  /** SHA-256 of both texts, one behind the other, in hexadecimal. */
  static String hash(String previous, String body) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest((previous + body).getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK lacks SHA-256", e);
    }
  }

  @Override
  public void close() throws IOException {
    if (file.isPresent()) {
      file.get().close();
    }
  }
}
