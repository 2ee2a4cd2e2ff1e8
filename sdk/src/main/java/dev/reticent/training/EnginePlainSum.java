package dev.reticent.training;

import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A {@link PlainSum} on one device: nothing of a micro-batch comes to the host before the step
 * ends. Thread-safe.
 */
final class EnginePlainSum implements AutoCloseable {

  private final ComputeDevice device;
  private final CompletableFuture<long[]> room;
  private final Scope kept = new Scope();
  private final List<Tensor> losses = new ArrayList<>();
  private List<List<Tensor>> sums = List.of();
  private List<double[]> known = List.of();

  /**
   * @param dimension P
   */
  EnginePlainSum(ComputeDevice device, int dimension) {
    this.device = device;
    this.room = CompletableFuture.supplyAsync(() -> PlainSum.room(dimension));
  }

  /**
   * Adds the gradients of a micro-batch; all of them, or where memory runs out none.
   *
   * @param found sums over its rows, which are freed
   * @param scope that owns them
   * @return its number, from 0
   */
  synchronized int add(Scope scope, Trainable.Gradients found) {
    List<List<Tensor>> next = new ArrayList<>();
    for (int group = 0; group < found.groups().size(); group++) {
      List<Tensor> own = found.groups().get(group);
      if (own.isEmpty()) {
        next.add(List.of());
        continue;
      }
      List<Tensor> gradients = device.onHost() ? own : SumProgram.joined(scope, own);
      List<Tensor> former = sums.isEmpty() ? List.of() : sums.get(group);
      next.add(SumProgram.plusPlain(scope, former, gradients));
      gradients.forEach(scope::free);
    }
    sums.forEach(group -> group.forEach(kept::free));
    next.forEach(group -> group.forEach(sum -> kept.own(scope.release(sum))));
    sums = next;
    losses.add(kept.own(scope.release(found.losses())));
    return losses.size() - 1;
  }

  /** The sum of all that was added, which the host waits for. */
  synchronized PlainSum take() {
    long[] sum = room.join();
    if (sums.isEmpty()) {
      Arrays.fill(sum, 0);
    }
    SumProgram.copyTo(sum, sums.stream().flatMap(List::stream).toList(), !device.onHost());
    known = SumProgram.doubles(losses, !device.onHost());
    return new PlainSum(sum);
  }

  /** The losses of a micro-batch, once the sum was taken. */
  synchronized double[] losses(int number) {
    return Arrays.copyOf(known.get(number), known.get(number).length);
  }

  @Override
  public synchronized void close() {
    kept.close();
  }
}
