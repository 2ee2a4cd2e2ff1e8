package dev.reticent.constraint;

import java.util.Arrays;
import java.util.Collection;
import java.util.TreeSet;

/** A set of byte strings in order, in which texts are looked up byte by byte. */
final class Literals {
  static final Literals NONE = new Literals(new byte[0][]);

  private final byte[][] sorted;
  private final int hash;

  private Literals(byte[][] sorted) {
    this.sorted = sorted;
    this.hash = Arrays.deepHashCode(sorted);
  }

  static Literals of(Collection<byte[]> texts) {
    TreeSet<byte[]> set = new TreeSet<>(Arrays::compareUnsigned);
    set.addAll(texts);
    return new Literals(set.toArray(new byte[0][]));
  }

  static Literals of(String text) {
    return new Literals(new byte[][] {JsonText.utf8(text)});
  }

  Literals with(byte[] text) {
    TreeSet<byte[]> set = new TreeSet<>(Arrays::compareUnsigned);
    set.addAll(Arrays.asList(sorted));
    set.add(text);
    return new Literals(set.toArray(new byte[0][]));
  }

  byte[] text(int place) {
    return sorted[place];
  }

  Range all() {
    return new Range(this, 0, sorted.length, 0);
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof Literals literals
            && hash == literals.hash
            && Arrays.deepEquals(sorted, literals.sorted));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /**
   * The texts that begin with the {@code depth} bytes read so far: from {@code low} to before
   * {@code high}.
   */
  record Range(Literals literals, int low, int high, int depth) {
    boolean isEmpty() {
      return low == high;
    }

    /** Whether what was read is one of the texts. */
    boolean whole() {
      return low < high && literals.sorted[low].length == depth;
    }

    boolean longer() {
      return high - low > (whole() ? 1 : 0);
    }

    Range next(int b) {
      int from = bound(whole() ? low + 1 : low, b);
      int to = bound(from, b + 1);
      return new Range(literals, from, to, depth + 1);
    }

    /** The first text from {@code start} whose next byte is at least {@code b}. */
    private int bound(int start, int b) {
      int from = start;
      int to = high;
      while (from < to) {
        int middle = (from + to) >>> 1;
        if ((literals.sorted[middle][depth] & 0xFF) < b) {
          from = middle + 1;
        } else {
          to = middle;
        }
      }
      return from;
    }

    /** The shortest text of the range. */
    byte[] shortest() {
      byte[] best = literals.sorted[low];
      for (int i = low + 1; i < high; i++) {
        if (literals.sorted[i].length < best.length) {
          best = literals.sorted[i];
        }
      }
      return best;
    }
  }
}
