package dev.reticent.privacy;

/**
 * Gradients given as rows, rounded and added like an engine does; coordinates fall to groups in
 * turn.
 */
@SuppressWarnings("ArrayRecordComponent")
record FakeGradients(float[][] rows, int dimension, int groups) implements PerExampleGradients {

  @Override
  public int count() {
    return rows.length;
  }

  @Override
  public double[][] squaredNorms() {
    double[][] norms = new double[groups][rows.length];
    for (int i = 0; i < rows.length; i++) {
      for (int p = 0; p < dimension; p++) {
        norms[p % groups][i] += (double) rows[i][p] * rows[i][p];
      }
    }
    return norms;
  }

  @Override
  public double[] losses() {
    double[] losses = new double[rows.length];
    for (int i = 0; i < losses.length; i++) {
      losses[i] = rows[i][0];
    }
    return losses;
  }

  @Override
  public double[] wholeSum(double[][] weights) {
    double[] sum = new double[dimension];
    for (int p = 0; p < dimension; p++) {
      for (int i = 0; i < rows.length; i++) {
        double weight = weights[p % groups][i];
        sum[p] += weight == 0 ? 0 : Math.rint(weight * rows[i][p]);
      }
    }
    return sum;
  }
}
