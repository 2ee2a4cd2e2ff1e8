package dev.reticent.privacy;

/**
 * How the weight of an example follows from its gradient's norm ‖g‖: the one formula of which every
 * {@link Clipping} is a case, as data, so that an engine can compute it where the norms are.
 *
 * <pre>w = numerator / (max(‖g‖, floor) + offset),  and 0 where ‖g‖ is not finite</pre>
 *
 * @param byGroup whether ‖g‖ is each group's own norm; else it is that of all groups, their squares
 *     added in order
 */
public record Scaling(double numerator, double floor, double offset, boolean byGroup) {

  /**
   * The weight of each group and example.
   *
   * @param squaredNorms [G][B]
   * @return [G][B]
   */
  double[][] weights(double[][] squaredNorms) {
    double[][] weights = new double[squaredNorms.length][squaredNorms[0].length];
    for (int i = 0; i < squaredNorms[0].length; i++) {
      double sum = 0;
      for (double[] group : squaredNorms) {
        sum += group[i];
      }
      for (int g = 0; g < weights.length; g++) {
        weights[g][i] = weight(Math.sqrt(byGroup ? squaredNorms[g][i] : sum));
      }
    }
    return weights;
  }

  private double weight(double norm) {
    return Double.isFinite(norm) ? numerator / (Math.max(norm, floor) + offset) : 0;
  }
}
