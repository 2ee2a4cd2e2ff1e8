package dev.reticent.constraint;

/** Sums of bytes that stay at {@link #NEVER} once they are there. */
final class ByteCost {
  /** More bytes than any answer has: what cannot be written at all. */
  static final int NEVER = 1 << 28;

  private ByteCost() {}

  static int sum(int a, int b) {
    return Math.min(NEVER, a + b);
  }

  static int times(int count, int cost) {
    return (int) Math.min(NEVER, (long) count * cost);
  }
}
