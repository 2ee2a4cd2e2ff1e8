package dev.reticent.model;

import dev.reticent.engine.Program;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * Compiled programs by what they are made from: those that are in use, and the few that were last.
 *
 * <p>A decoder's program takes time to make and memory that Java's heap does not show: on a card,
 * where libtorch optimizes its graphs, seconds and more than a hundred megabytes. So a process that
 * opens one model after another (a server that is given adapters of many bases, a notebook, an
 * evaluation) frees those that nobody uses any more.
 */
final class ProgramCache<K> {

  private final Function<K, Program> compile;
  private final int unusedKept;
  private final Map<K, Entry> entries = new HashMap<>();

  /** Keys of programs without a user, the longest unused first. */
  private final Set<K> unused = new LinkedHashSet<>();

  private static final class Entry {
    private final Program program;
    private int users;

    Entry(Program program) {
      this.program = program;
    }
  }

  /** A program in use until this is closed; closing again changes nothing. */
  final class Lease implements AutoCloseable {
    private final K key;
    private final Program program;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Lease(K key, Program program) {
      this.key = key;
      this.program = program;
    }

    Program program() {
      return program;
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        giveBack(key);
      }
    }
  }

  /**
   * An empty cache.
   *
   * @param unusedKept how many programs without a user stay
   */
  ProgramCache(int unusedKept, Function<K, Program> compile) {
    this.unusedKept = unusedKept;
    this.compile = compile;
  }

  /** The program of a key, compiled if it is not there. */
  synchronized Lease take(K key) {
    Entry entry = entries.computeIfAbsent(key, k -> new Entry(compile.apply(k)));
    entry.users++;
    unused.remove(key);
    return new Lease(key, entry.program);
  }

  private synchronized void giveBack(K key) {
    Entry entry = entries.get(key);
    if (entry == null || --entry.users > 0) {
      return;
    }
    unused.add(key);
    Iterator<K> longest = unused.iterator();
    while (unused.size() > unusedKept) {
      K last = longest.next();
      longest.remove();
      Entry freed = entries.remove(last);
      if (freed != null) {
        freed.program.close();
      }
    }
  }

  synchronized int size() {
    return entries.size();
  }
}
