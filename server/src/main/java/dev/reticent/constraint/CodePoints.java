package dev.reticent.constraint;

import java.util.Arrays;
import java.util.BitSet;

/** A set of Unicode characters, surrogates never among them. */
final class CodePoints {
  static final CodePoints ASCII = of(0, 0x7F);
  static final CodePoints ALL = of(0, Character.MAX_CODE_POINT);

  private final BitSet set;

  private CodePoints(BitSet set) {
    this.set = set;
    set.clear(Character.MIN_SURROGATE, Character.MAX_SURROGATE + 1);
  }

  /** The union of ranges: low, high, low, high, … */
  static CodePoints of(int... ranges) {
    BitSet set = new BitSet();
    for (int i = 0; i < ranges.length; i += 2) {
      set.set(ranges[i], ranges[i + 1] + 1);
    }
    return new CodePoints(set);
  }

  CodePoints and(CodePoints other) {
    BitSet both = (BitSet) set.clone();
    both.and(other.set);
    return new CodePoints(both);
  }

  CodePoints or(CodePoints other) {
    BitSet union = (BitSet) set.clone();
    union.or(other.set);
    return new CodePoints(union);
  }

  CodePoints not() {
    BitSet rest = (BitSet) set.clone();
    rest.flip(0, Character.MAX_CODE_POINT + 1);
    return new CodePoints(rest);
  }

  boolean isEmpty() {
    return set.isEmpty();
  }

  int[] ranges() {
    int[] ranges = new int[16];
    int n = 0;
    for (int low = set.nextSetBit(0); low >= 0; low = set.nextSetBit(ranges[n - 1] + 1)) {
      ranges = n == ranges.length ? Arrays.copyOf(ranges, 2 * n) : ranges;
      ranges[n++] = low;
      ranges[n++] = set.nextClearBit(low) - 1;
    }
    return Arrays.copyOf(ranges, n);
  }
}
