package dev.reticent.training;

import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.privacy.DeviceSum;
import dev.reticent.privacy.Scaling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The clipped sum of a step on one device, in 64-bit integers: nothing of a micro-batch comes to
 * the host before the step ends. For one thread at a time.
 */
final class EngineSum implements DeviceSum<EngineGradients>, AutoCloseable {

  private final ComputeDevice device;
  private final Scope kept = new Scope();
  private final List<Tensor> facts = new ArrayList<>();
  private final List<Integer> counts = new ArrayList<>();
  private List<Tensor> sums = List.of();
  private List<MicroBatch> microBatches = List.of();

  EngineSum(ComputeDevice device) {
    this.device = device;
  }

  /** Micro-batches added so far. */
  int count() {
    return counts.size();
  }

  /** What is known of a micro-batch, once the sum was taken. */
  MicroBatch microBatch(int number) {
    return microBatches.get(number);
  }

  @Override
  public void add(EngineGradients gradients, Scaling scaling, double factor) {
    try (Scope scope = new Scope()) {
      double[] constants = {scaling.numerator(), scaling.floor(), scaling.offset(), factor};
      Tensor sent =
          SumProgram.sent(
                  scope,
                  List.of(scope.own(Tensor.of(ComputeDevice.CPU, constants, constants.length))),
                  gradients.norms())
              .get(0);
      Tensor weights =
          SumProgram.weights(scope, gradients.norms(), sent, scaling.byGroup(), gradients.count());
      List<Tensor> parts = new ArrayList<>();
      List<Tensor> squares = new ArrayList<>();
      int next = 0;
      while (next < gradients.groups()) {
        int first = next;
        long values = 0;
        while (next < gradients.groups()
            && (next == first || values + gradients.values(next) <= SumProgram.TOGETHER)) {
          values += gradients.values(next++);
        }
        if (values > 0) {
          List<Tensor> found = wholeParts(scope, gradients, weights, first, next);
          parts.addAll(found.subList(0, found.size() - 1));
          squares.add(found.get(found.size() - 1));
        }
      }
      Tensor known = SumProgram.facts(scope, gradients.lossTensor(), gradients.norms(), squares);
      // From here on nothing asks for memory, so that all of the micro-batch is in or none of it.
      if (sums.isEmpty()) {
        sums = parts.stream().map(part -> kept.own(scope.release(part))).toList();
      } else {
        SumProgram.addTo(scope, sums, parts);
      }
      facts.add(kept.own(scope.release(known)));
      counts.add(gradients.count());
    }
  }

  /** Of the groups from {@code first} to {@code end}, without it, whose gradients are freed. */
  private static List<Tensor> wholeParts(
      Scope scope, EngineGradients gradients, Tensor weights, int first, int end) {
    List<Tensor> all = new ArrayList<>();
    LongStream.Builder groups = LongStream.builder();
    for (int group = first; group < end; group++) {
      for (Tensor part : gradients.group(group)) {
        all.add(part);
        groups.add(group);
      }
    }
    List<Tensor> found = SumProgram.wholeParts(scope, all, weights, groups.build().toArray());
    for (int group = first; group < end; group++) {
      gradients.free(group);
    }
    return found;
  }

  @Override
  public Taken take(long[] sum) {
    if (counts.isEmpty()) {
      return new Taken(0, List.of());
    }
    SumProgram.copyTo(sum, sums, !device.onHost());
    microBatches = known();
    long dimension = sums.stream().mapToLong(part -> part.shape()[0]).sum();
    return new Taken(Math.toIntExact(dimension), microBatches);
  }

  private List<MicroBatch> known() {
    int width = facts.stream().mapToInt(fact -> Math.toIntExact(fact.shape()[1])).sum();
    int groups = Math.toIntExact(facts.get(0).shape()[0]) - 2;
    double[] all;
    try (Scope scope = new Scope()) {
      all = SumProgram.sideBySide(scope, facts).toDoubles();
    }
    List<MicroBatch> known = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < counts.size(); i++) {
      int to = from + counts.get(i);
      double[][] norms = new double[groups][];
      for (int g = 0; g < groups; g++) {
        norms[g] = Arrays.copyOfRange(all, (2 + g) * width + from, (2 + g) * width + to);
      }
      known.add(new MicroBatch(norms, Arrays.copyOfRange(all, from, to), all[width + from]));
      from += Math.toIntExact(facts.get(i).shape()[1]);
    }
    return known;
  }

  @Override
  public void close() {
    kept.close();
  }
}
