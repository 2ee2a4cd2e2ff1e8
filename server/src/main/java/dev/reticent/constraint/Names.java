package dev.reticent.constraint;

import dev.reticent.constraint.Variant.Member;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The names of neighboring members in the order of their bytes, quotes included, in which a name is
 * looked up byte by byte.
 */
final class Names {
  private final byte[][] sorted;
  private final int[] members; // the index of each name's member

  /** The names of the members from {@code from} to before {@code to}. */
  Names(List<Member> all, int from, int to) {
    this.members =
        IntStream.range(from, to)
            .boxed()
            .sorted(Comparator.comparing(i -> all.get(i).quoted(), Arrays::compareUnsigned))
            .mapToInt(Integer::intValue)
            .toArray();
    this.sorted = Arrays.stream(members).mapToObj(i -> all.get(i).quoted()).toArray(byte[][]::new);
  }

  int size() {
    return sorted.length;
  }

  byte[] name(int place) {
    return sorted[place];
  }

  /** The index of the member whose name is at a place of the order. */
  int member(int place) {
    return members[place];
  }

  /** The first place from {@code low} to {@code high} whose byte after {@code depth} is ≥ b. */
  int bound(int low, int high, int depth, int b) {
    int from = low;
    int to = high;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if ((sorted[middle][depth] & 0xFF) < b) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }
}
