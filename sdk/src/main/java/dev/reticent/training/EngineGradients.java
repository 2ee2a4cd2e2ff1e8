package dev.reticent.training;

import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.privacy.PerExampleGradients;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Per-example gradients on a device, with their norms: for each group, a group being a layer or the
 * head, tensors [B,P_j] of its matrices, or none where it has nothing to train. Lives as long as
 * its scope, and waits for the device only when it is asked for numbers.
 */
final class EngineGradients implements PerExampleGradients {

  private final ComputeDevice device;
  private final Scope scope;
  private final List<List<Tensor>> groups = new ArrayList<>();
  private final int dimension;
  private final Tensor losses;
  private final int count;
  private final int rows;
  private final Tensor norms;

  /**
   * @param count how many of the rows hold an example, from the first on; others count for nothing
   */
  EngineGradients(ComputeDevice device, Scope scope, Trainable.Gradients found, int count) {
    this(device, scope, found, count, !device.onHost());
  }

  /**
   * @param joined whether the tensors of a group are put side by side, as cards want them
   */
  EngineGradients(
      ComputeDevice device, Scope scope, Trainable.Gradients found, int count, boolean joined) {
    this.device = device;
    this.scope = scope;
    this.losses = found.losses();
    this.rows = Math.toIntExact(losses.shape()[0]);
    this.count = count;
    this.dimension =
        Math.toIntExact(found.tensors().stream().mapToLong(part -> part.shape()[1]).sum());
    for (List<Tensor> group : found.groups()) {
      groups.add(joined && !group.isEmpty() ? SumProgram.joined(scope, group) : group);
    }
    this.norms = SumProgram.squaredNorms(scope, groups, losses);
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public int groups() {
    return groups.size();
  }

  /** The tensors of a group. */
  List<Tensor> group(int group) {
    return groups.get(group);
  }

  /** How many numbers a group's tensors have. */
  long values(int group) {
    return groups.get(group).stream().mapToLong(part -> rows * part.shape()[1]).sum();
  }

  /** Frees a group's tensors, which are not needed any more. */
  void free(int group) {
    groups.get(group).forEach(scope::free);
    replace(group, List.of());
  }

  void replace(int group, List<Tensor> tensors) {
    groups.set(group, tensors);
  }

  /** Squared norms [G,B] in fp64, on the device. */
  Tensor norms() {
    return norms;
  }

  /** Losses [B] on the device. */
  Tensor lossTensor() {
    return losses;
  }

  @Override
  public double[][] squaredNorms() {
    double[] all = norms.toDoubles();
    double[][] byGroup = new double[groups.size()][];
    for (int g = 0; g < byGroup.length; g++) {
      byGroup[g] = Arrays.copyOfRange(all, g * rows, g * rows + count);
    }
    return byGroup;
  }

  @Override
  public double[] losses() {
    return Arrays.copyOf(Trainable.Gradients.wide(losses), count);
  }

  /**
   * Inner products [G][B] with the part of each group in a direction.
   *
   * @param direction [P]
   */
  double[][] along(float[] direction) {
    double[][] products = new double[groups.size()][count];
    int at = 0;
    for (int g = 0; g < products.length; g++) {
      List<Tensor> group = groups.get(g);
      int size = Math.toIntExact(group.stream().mapToLong(part -> part.shape()[1]).sum());
      if (size > 0) {
        try (Scope own = new Scope()) {
          Tensor part = own.own(Tensor.ofPart(device, direction, at, size, size));
          double[] found = SumProgram.along(own, group, part).toDoubles();
          products[g] = Arrays.copyOf(found, count);
        }
      }
      at += size;
    }
    return products;
  }

  @Override
  public double[] wholeSum(double[][] weights) {
    double[] sum = new double[dimension];
    int at = 0;
    for (int g = 0; g < groups.size(); g++) {
      if (!groups.get(g).isEmpty()) {
        double[] ofRows = Arrays.copyOf(weights[g], rows);
        Tensor rowWeights = scope.own(Tensor.of(device, ofRows, rows));
        for (Tensor part : SumProgram.wholeSums(scope, groups.get(g), rowWeights)) {
          at = part.copyTo(sum, at);
          scope.free(part);
        }
      }
    }
    return sum;
  }
}
