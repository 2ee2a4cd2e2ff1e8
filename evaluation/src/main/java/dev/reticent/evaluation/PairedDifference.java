package dev.reticent.evaluation;

/**
 * How one model's grades compare with another's on the same rows.
 *
 * @param difference the mean of first − second, resampled by rows, so that what makes a row hard
 *     for both cancels out
 * @param wins rows where the first is better
 * @param ties rows where they are equal
 * @param losses rows where the second is better
 */
public record PairedDifference(MeanEstimate difference, int wins, int ties, int losses) {

  /**
   * Compares grades row by row.
   *
   * @throws IllegalArgumentException if there are none or not equally many
   */
  public static PairedDifference of(double[] first, double[] second, long seed) {
    Rows.check(first.length, second.length);
    double[] differences = new double[first.length];
    int wins = 0;
    int losses = 0;
    for (int i = 0; i < first.length; i++) {
      differences[i] = first[i] - second[i];
      wins += differences[i] > 0 ? 1 : 0;
      losses += differences[i] < 0 ? 1 : 0;
    }
    MeanEstimate difference = MeanEstimate.of(differences, seed);
    return new PairedDifference(difference, wins, first.length - wins - losses, losses);
  }
}
