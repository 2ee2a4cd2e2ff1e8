package dev.reticent.privacy.accounting;

/**
 * How the rows of a step are chosen. Whoever adds a kind has to give it an accountant: only these
 * yield an ε.
 */
public sealed interface Subsampling {

  /** The chance of a row to be in a step, when it is not displaced. */
  double rate();

  /** Whether every row is in every step for certain. */
  default boolean isWhole() {
    return rate() == 1;
  }

  /** Each row takes part with probability q, independently of the others. */
  record Poisson(double rate) implements Subsampling {
    /**
     * @throws IllegalArgumentException unless q is in (0, 1]
     */
    public Poisson {
      checkRate(rate);
    }
  }

  /**
   * Poisson, and of a batch above the limit a uniformly random part of that size is kept (Ganesh et
   * al. 2025).
   *
   * @param rows N, in either dataset
   * @param largestBatch the limit; see {@link #largestBatch(double, int)}
   */
  record TruncatedPoisson(double rate, int rows, int largestBatch) implements Subsampling {
    /**
     * @throws IllegalArgumentException unless q is in (0, 1] and 1 ≤ limit, rows
     */
    public TruncatedPoisson {
      checkRate(rate);
      if (rows < 1 || largestBatch < 1) {
        throw new IllegalArgumentException(
            "truncated Poisson needs rows and a largest batch of at least 1, got rows "
                + rows
                + ", largest batch "
                + largestBatch);
      }
    }

    @Override
    public boolean isWhole() {
      return rate == 1 && largestBatch >= rows;
    }

    /** A limit that costs next to nothing: qN + 6√(qN), rounded up. */
    public static int largestBatch(double rate, int rows) {
      double expected = rate * rows;
      return (int) Math.ceil(expected + 6 * Math.sqrt(expected));
    }
  }

  /** A uniformly random batch of fixed size, without replacement, anew at each step. */
  record FixedSize(int batch, int rows) implements Subsampling {
    /**
     * @throws IllegalArgumentException unless 1 ≤ batch ≤ rows
     */
    public FixedSize {
      if (batch < 1 || batch > rows) {
        throw new IllegalArgumentException(
            "a batch of fixed size has 1 to N rows, got a batch of " + batch + " of " + rows);
      }
    }

    @Override
    public double rate() {
      return (double) batch / rows;
    }
  }

  /**
   * Every row takes part exactly once per pass over the data, in any order; the event's steps are
   * the passes. Nothing is gained from chance.
   */
  record OncePerPass() implements Subsampling {
    @Override
    public double rate() {
      return 1;
    }
  }

  private static void checkRate(double rate) {
    if (!(rate > 0 && rate <= 1)) {
      throw new IllegalArgumentException("sampling rate must be in (0, 1], got " + rate);
    }
  }
}
