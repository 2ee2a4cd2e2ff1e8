package dev.reticent.privacy;

import java.util.ArrayList;
import java.util.List;

/** Adds like an engine on a device does; what it has is not looked at before it is taken. */
class FakeDeviceSum implements DeviceSum<FakeGradients> {

  private final List<MicroBatch> microBatches = new ArrayList<>();
  private long[] sum = new long[0];

  @Override
  public void add(FakeGradients gradients, Scaling scaling, double factor) {
    double[][] norms = gradients.squaredNorms();
    double[][] weights = scaling.weights(norms);
    for (double[] group : weights) {
      for (int i = 0; i < group.length; i++) {
        group[i] *= factor;
      }
    }
    double[] part = gradients.wholeSum(weights);
    sum = sum.length == 0 ? new long[part.length] : sum;
    double squares = 0;
    for (int p = 0; p < part.length; p++) {
      sum[p] += (long) part[p];
      squares += part[p] * part[p];
    }
    microBatches.add(new MicroBatch(norms, gradients.losses(), squares));
  }

  @Override
  public Taken take(long[] target) {
    System.arraycopy(sum, 0, target, 0, sum.length);
    return new Taken(sum.length, microBatches);
  }
}
