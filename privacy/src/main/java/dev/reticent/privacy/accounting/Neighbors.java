package dev.reticent.privacy.accounting;

/**
 * Which datasets an ε compares.
 *
 * @param adjacency what is done to a unit
 * @param rowsPerUnit k: the most rows that a unit has; 1 when a unit is a row
 */
public record Neighbors(Adjacency adjacency, int rowsPerUnit) {
  /** One row more or less. */
  public static final Neighbors ADD_OR_REMOVE_ROW = of(Adjacency.ADD_OR_REMOVE_ONE);

  /**
   * @throws IllegalArgumentException when a unit would have no row
   */
  public Neighbors {
    if (rowsPerUnit < 1 || rowsPerUnit > 1000) {
      throw new IllegalArgumentException(
          "rows per unit: found " + rowsPerUnit + ", expected 1 to 1000");
    }
  }

  /** Units of one row. */
  public static Neighbors of(Adjacency adjacency) {
    return new Neighbors(adjacency, 1);
  }
}
