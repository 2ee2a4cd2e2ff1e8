package dev.reticent.constraint;

import java.math.BigDecimal;
import java.util.BitSet;
import java.util.Optional;

/**
 * Numbers between two bounds, multiples of a step, written without an exponent.
 *
 * <p>Whole numbers have at most 18 digits, which a long keeps. Where fractions are admitted readers
 * have doubles: rounding to them keeps what is within a bound within it, so a number may have the
 * 17 digits that a double needs, and 18 without a point. Beside a step, or a bound that itself is
 * excluded, it has at most 15, which a double keeps: a reader sees the very number that was
 * compared.
 */
record NumberRule(
    boolean whole,
    BigDecimal low,
    boolean lowExclusive,
    BigDecimal high,
    boolean highExclusive,
    Step step) {
  static final int WHOLE_DIGITS = 18;
  static final int KEPT_DIGITS = 15;
  static final int DOUBLE_DIGITS = 17;

  /** Zeros after the point before the first other digit. */
  private static final int MOST_ZEROS = 25;

  private static final BitSet CUTS = new BitSet();

  static {
    CUTS.set('-', ':' + 1); // the characters of numbers, one by one
  }

  /** Listed values are written as they are: more digits than a double has. */
  private static final int LISTED_DIGITS = 400;

  private static final NumberRule ANY = any(false, WHOLE_DIGITS);
  private static final NumberRule ANY_WHOLE = any(true, WHOLE_DIGITS);
  private static final NumberRule LISTED = any(false, LISTED_DIGITS);
  private static final NumberRule LISTED_WHOLE = any(true, LISTED_DIGITS);
  private static final Dfa ANY_DFA = ANY.explore(WorkLimit.unlimited());
  private static final Dfa ANY_WHOLE_DFA = ANY_WHOLE.explore(WorkLimit.unlimited());

  /** Numbers of any size that this writes. */
  static NumberRule any(boolean whole) {
    return whole ? ANY_WHOLE : ANY;
  }

  /** Numbers of any size that a schema may list. */
  static NumberRule listed(boolean whole) {
    return whole ? LISTED_WHOLE : LISTED;
  }

  /** Numbers with at most so many digits before the point. */
  private static NumberRule any(boolean whole, int digits) {
    BigDecimal limit = BigDecimal.TEN.pow(digits);
    return new NumberRule(whole, limit.negate(), false, limit, false, Step.ANY);
  }

  NumberRule atLeast(BigDecimal bound, boolean exclusive) {
    int order = bound.compareTo(low);
    return order > 0 || (order == 0 && exclusive)
        ? new NumberRule(whole, bound, exclusive, high, highExclusive, step)
        : this;
  }

  NumberRule atMost(BigDecimal bound, boolean exclusive) {
    int order = bound.compareTo(high);
    return order < 0 || (order == 0 && exclusive)
        ? new NumberRule(whole, low, lowExclusive, bound, exclusive, step)
        : this;
  }

  /** The multiples of another step among them; empty if the steps together are too much. */
  Optional<NumberRule> multiplesOf(Step other) {
    return step.and(other)
        .map(both -> new NumberRule(whole, low, lowExclusive, high, highExclusive, both));
  }

  /** Whether the rule admits a value, however many digits it has. */
  boolean accepts(BigDecimal value) {
    int below = value.compareTo(low);
    int above = value.compareTo(high);
    return (!whole || value.stripTrailingZeros().scale() <= 0)
        && step.accepts(value)
        && (below > 0 || (below == 0 && !lowExclusive))
        && (above < 0 || (above == 0 && !highExclusive));
  }

  Dfa dfa(WorkLimit work) {
    return equals(ANY) ? ANY_DFA : equals(ANY_WHOLE) ? ANY_WHOLE_DFA : explore(work);
  }

  /** Whether a number that is rounded stays one that is admitted. */
  private boolean roundable() {
    return step.equals(Step.ANY)
        && (!lowExclusive || low.signum() == 0)
        && (!highExclusive || high.signum() == 0);
  }

  /** The most digits of a number without a point. */
  private int mostDigits() {
    return whole || roundable() ? WHOLE_DIGITS : KEPT_DIGITS;
  }

  /** The most digits of a number with a point, zeros before the first other one not counted. */
  private int mostSignificant() {
    return roundable() ? DOUBLE_DIGITS : KEPT_DIGITS;
  }

  private Dfa explore(WorkLimit work) {
    Written start = new Written(0, Part.SIGN, 0, 0, 0, 0, 0, 0);
    return Dfa.explore(start, this::next, this::ends, 100_000, from -> CUTS, work).orElseThrow();
  }

  private enum Part {
    SIGN,
    ZERO,
    WHOLE,
    POINT,
    FRACTION
  }

  /**
   * What matters of the digits so far.
   *
   * @param sign 0 before the first character
   * @param digits before the point, as long as there is none
   * @param significant digits from the first on that is not zero, once there is a point
   * @param fraction digits after the point; no matter once a number is between its bounds
   * @param low how the digits so far compare with as many of the lower bound's
   * @param high likewise the upper bound's
   * @param remainder of the digits, as {@link Step} counts it
   */
  private record Written(
      int sign,
      Part part,
      int digits,
      int significant,
      int fraction,
      int low,
      int high,
      int remainder) {}

  /** Magnitudes that a number of this sign must not be under and over. */
  private BigDecimal lower(int sign) {
    return sign < 0 ? high.negate() : low;
  }

  private BigDecimal upper(int sign) {
    return sign < 0 ? low.negate() : high;
  }

  private Optional<Written> next(Written from, int b) {
    boolean digit = b >= '0' && b <= '9';
    return switch (from.part()) {
      case SIGN -> {
        if (from.sign() == 0 && b == '-') {
          yield Optional.of(new Written(-1, Part.SIGN, 0, 0, 0, 0, 0, 0));
        }
        Written signed = new Written(from.sign() == 0 ? 1 : -1, Part.WHOLE, 0, 0, 0, 0, 0, 0);
        yield digit
            ? Optional.of(whole(signed, b == '0' ? Part.ZERO : Part.WHOLE, b))
            : Optional.empty();
      }
      case WHOLE, ZERO -> {
        if (b == '.' && !whole && from.digits() < mostSignificant()) {
          yield Optional.of(resolved(from));
        }
        boolean more = digit && from.part() == Part.WHOLE;
        yield more && from.digits() < mostDigits()
            ? Optional.of(whole(from, Part.WHOLE, b))
            : Optional.empty();
      }
      case POINT, FRACTION ->
          digit && hasRoom(from, b)
              ? step.next(from.remainder(), from.fraction(), b - '0')
                  .map(remainder -> fraction(from, b, remainder))
              : Optional.empty();
    };
  }

  private boolean hasRoom(Written from, int b) {
    return (from.significant() == 0 && b == '0')
        ? from.fraction() < MOST_ZEROS
        : from.significant() < mostSignificant();
  }

  private Written fraction(Written from, int b, int remainder) {
    int least = fraction(from.low(), lower(from.sign()), from.fraction(), b);
    int most = fraction(from.high(), upper(from.sign()), from.fraction(), b);
    int significant = (from.significant() == 0 && b == '0') ? 0 : from.significant() + 1;
    boolean between = significant > 0 && least != 0 && most != 0 && step.equals(Step.ANY);
    return new Written(
        from.sign(),
        Part.FRACTION,
        0,
        significant,
        between ? 0 : from.fraction() + 1,
        least,
        most,
        remainder);
  }

  private Written whole(Written from, Part part, int b) {
    int n = from.digits();
    return new Written(
        from.sign(),
        part,
        n + 1,
        0,
        0,
        digit(from.low(), wholeDigits(lower(from.sign())), n, b),
        digit(from.high(), wholeDigits(upper(from.sign())), n, b),
        step.next(from.remainder(), -1, b - '0').orElse(0));
  }

  /** The digits before the point; none for a negative bound, which every magnitude is over. */
  private static String wholeDigits(BigDecimal bound) {
    return bound.signum() < 0 ? "" : bound.toBigInteger().toString();
  }

  private static int digit(int so, String bound, int n, int b) {
    if (n >= bound.length()) {
      return 1;
    }
    return so != 0 ? so : Integer.signum(b - bound.charAt(n));
  }

  private static int compared(int so, BigDecimal bound, int digits) {
    return digits < wholeDigits(bound).length() ? -1 : so;
  }

  private Written resolved(Written from) {
    return new Written(
        from.sign(),
        Part.POINT,
        0,
        from.part() == Part.ZERO ? 0 : from.digits(),
        0,
        compared(from.low(), lower(from.sign()), from.digits()),
        compared(from.high(), upper(from.sign()), from.digits()),
        from.remainder());
  }

  private static String fractionDigits(BigDecimal bound) {
    String plain = bound.abs().stripTrailingZeros().toPlainString();
    int point = plain.indexOf('.');
    return point < 0 ? "" : plain.substring(point + 1);
  }

  private static int fraction(int so, BigDecimal bound, int n, int b) {
    String digits = fractionDigits(bound);
    return so != 0 ? so : Integer.signum(b - (n < digits.length() ? digits.charAt(n) : '0'));
  }

  private boolean ends(Written at) {
    if (at.part() == Part.SIGN || at.part() == Part.POINT) {
      return false;
    }
    Written end = at.part() == Part.FRACTION ? at : resolved(at);
    int under = left(end.low(), lower(at.sign()), at.fraction());
    int over = left(end.high(), upper(at.sign()), at.fraction());
    boolean lowOpen = at.sign() < 0 ? highExclusive : lowExclusive;
    boolean highOpen = at.sign() < 0 ? lowExclusive : highExclusive;
    return step.ends(at.remainder(), at.fraction())
        && (under > 0 || (under == 0 && !lowOpen))
        && (over < 0 || (over == 0 && !highOpen));
  }

  /** The comparison at the end, where the bound may have further digits. */
  private static int left(int so, BigDecimal bound, int fraction) {
    return so == 0 && fractionDigits(bound).length() > fraction ? -1 : so;
  }
}
