package dev.reticent.privacy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A ledger as anyone may read it, without the right to write it.
 *
 * @param objects each line's JSON object without its hash
 * @param hashes each line's hash
 */
public record LedgerLines(List<String> objects, List<String> hashes) {

  public LedgerLines {
    objects = List.copyOf(objects);
    hashes = List.copyOf(hashes);
  }

  /**
   * Reads a file and follows its chain.
   *
   * @throws IllegalArgumentException when the chain is broken, with the line's number, or the last
   *     line has no end
   */
  public static LedgerLines read(Path path) throws IOException {
    String text = Files.readString(path, StandardCharsets.UTF_8);
    if (!text.endsWith("\n")) {
      throw new IllegalArgumentException(
          path + ": the last line is cut off, or there is none; resume the run, which mends it");
    }
    return of(HashChain.of(path, text));
  }

  /**
   * Reads what a store has.
   *
   * @throws IllegalArgumentException when the chain is broken, with the line's number
   */
  public static LedgerLines read(LedgerStore store) throws IOException {
    return of(HashChain.of(store, String.join("\n", store.lines())));
  }

  private static LedgerLines of(HashChain chain) {
    List<String> objects = new ArrayList<>();
    chain.bodies().forEach(body -> objects.add("{" + body + "}"));
    return new LedgerLines(objects, chain.hashes());
  }

  /**
   * Holds what a store has against these lines.
   *
   * @throws IllegalArgumentException naming the first line of the store that is broken, another, or
   *     missing, or what it has beyond these
   */
  public void requireSame(LedgerStore store) throws IOException {
    List<String> lines = store.lines();
    if (lines.isEmpty()) {
      throw new IllegalArgumentException(
          store + " has no line of this ledger; if it is the disk of another machine, look there");
    }
    LedgerLines there = of(HashChain.of(store, String.join("\n", lines)));
    for (int i = 0; i < Math.min(hashes.size(), there.hashes.size()); i++) {
      if (!hashes.get(i).equals(there.hashes.get(i))) {
        throw new IllegalArgumentException(
            "%s: line %d is another than the ledger's".formatted(store, i + 1));
      }
    }
    int more = there.hashes.size() - hashes.size();
    if (more > 0) {
      throw new IllegalArgumentException(
          "%s has %d lines more: this ledger was cut, or another copy of the run went on"
              .formatted(store, more));
    }
    if (more < 0) {
      throw new IllegalArgumentException(
          "%s lacks line %d and those after it".formatted(store, there.hashes.size() + 1));
    }
  }

  /** The hash of the last line. */
  public String lastHash() {
    return hashes.get(hashes.size() - 1);
  }
}
