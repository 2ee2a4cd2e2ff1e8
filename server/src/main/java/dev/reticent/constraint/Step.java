package dev.reticent.constraint;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;

/**
 * What numbers are whole multiples of: {@code unit / 10^decimals}.
 *
 * @param decimals {@link #NO_LIMIT} where any number will do
 */
record Step(int unit, int decimals) {
  private static final int NO_LIMIT = Integer.MAX_VALUE;
  private static final int MOST_UNIT = 1000;
  private static final int MOST_DECIMALS = 9;

  static final Step ANY = new Step(1, NO_LIMIT);

  /** A step, if it is neither too large nor too fine for an automaton. */
  static Optional<Step> of(BigDecimal size) {
    BigDecimal plain = size.stripTrailingZeros();
    int decimals = Math.max(0, plain.scale());
    BigInteger unit = plain.setScale(decimals).unscaledValue();
    boolean small =
        decimals <= MOST_DECIMALS
            && unit.signum() > 0
            && unit.compareTo(BigInteger.valueOf(MOST_UNIT)) <= 0;
    return small ? Optional.of(new Step(unit.intValue(), decimals)) : Optional.empty();
  }

  /** The step of what are multiples of both. */
  Optional<Step> and(Step other) {
    if (decimals == NO_LIMIT || other.decimals == NO_LIMIT) {
      return Optional.of(decimals == NO_LIMIT ? other : this);
    }
    BigDecimal a = size();
    BigDecimal b = other.size();
    int scale = Math.max(decimals, other.decimals);
    BigInteger x = a.setScale(scale).unscaledValue();
    BigInteger y = b.setScale(scale).unscaledValue();
    return of(new BigDecimal(x.multiply(y).divide(x.gcd(y)), scale));
  }

  private BigDecimal size() {
    return new BigDecimal(BigInteger.valueOf(unit), decimals);
  }

  boolean accepts(BigDecimal value) {
    return decimals == NO_LIMIT || value.remainder(size()).signum() == 0;
  }

  /** The remainder after one more digit; of digits that are too fine, only zeros go on. */
  Optional<Integer> next(int remainder, int fraction, int digit) {
    if (fraction >= decimals) {
      return digit == 0 ? Optional.of(remainder) : Optional.empty();
    }
    return Optional.of((remainder * 10 + digit) % unit);
  }

  /** Whether a number is a multiple after so many digits of its fraction. */
  boolean ends(int remainder, int fraction) {
    int rest = remainder;
    for (int i = fraction; i < decimals && rest != 0; i++) {
      rest = rest * 10 % unit;
    }
    return rest == 0;
  }
}
