package dev.reticent.privacy.accounting;

/** The true ε of a composition lies in [lower, upper]; {@code upper} is the one to report. */
public record EpsilonBracket(double lower, double upper) {
  /**
   * @throws IllegalArgumentException unless 0 ≤ lower ≤ upper and both are numbers
   */
  public EpsilonBracket {
    if (!(lower >= 0 && lower <= upper)) {
      throw new IllegalArgumentException(
          "a bracket needs 0 <= lower <= upper, got [" + lower + ", " + upper + "]");
    }
  }

  /** The bracket of the larger of two figures. */
  EpsilonBracket union(EpsilonBracket other) {
    return new EpsilonBracket(Math.max(lower, other.lower), Math.max(upper, other.upper));
  }

  /** upper − lower. */
  public double width() {
    return upper - lower;
  }
}
