package dev.reticent.training;

import dev.reticent.engine.Program;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Script;
import dev.reticent.engine.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The functions of {@code sums.torchscript}: what a step does with gradients by example. Each runs
 * on the device of its tensors, and its results belong to the scope.
 */
final class SumProgram {

  /** Coordinates of a group up to which its gradients are put side by side. */
  private static final int JOINED = 1 << 23;

  /** Gradients up to which several groups are added by one call. */
  static final int TOGETHER = 1 << 22;

  /** Values that are widened to fp64 at once. */
  private static final int AT_ONCE = 1 << 20;

  private static final int AT_ONCE_ON_CARD = 1 << 24;

  /** Values of 64 bits that go to the host at once, while those before are put in their place. */
  private static final long TO_HOST_AT_ONCE = 1 << 22;

  /** Values to whose multiples matrices are moved, for the sake of vector loads. */
  static final int ALIGNMENT = 64;

  private static final Program PROGRAM =
      Program.compileAsWritten(
          Script.read(
              SumProgram.class,
              "sums.torchscript",
              "Sums",
              Map.of(
                  "alignment",
                  Integer.toString(ALIGNMENT),
                  "joined",
                  Integer.toString(JOINED),
                  "at_once",
                  Integer.toString(AT_ONCE),
                  "at_once_on_card",
                  Integer.toString(AT_ONCE_ON_CARD),
                  "units_of_one",
                  Double.toString(PlainSum.UNITS_OF_ONE),
                  "largest_sum",
                  Long.toString(PlainSum.LARGEST),
                  "lost",
                  Long.toString(PlainSum.LOST))));

  private SumProgram() {}

  private static Tensor one(Scope scope, String function, Object... arguments) {
    return PROGRAM.call(scope, function, arguments).get(0);
  }

  /** A group's gradients [B,P_j], side by side where they are small; the former are freed then. */
  static List<Tensor> joined(Scope scope, List<Tensor> gradients) {
    try (Scope views = new Scope()) {
      List<Tensor> found = PROGRAM.call(views, "joined", gradients);
      if (found.size() == gradients.size()) {
        return gradients;
      }
      gradients.forEach(scope::free);
      return List.of(scope.own(views.release(found.get(0))));
    }
  }

  /** Squared L2 norms [G,B], fp64, of each group's gradients [B,P_j]. */
  static Tensor squaredNorms(Scope scope, List<List<Tensor>> groups, Tensor losses) {
    List<Tensor> all = groups.stream().flatMap(List::stream).toList();
    return all.isEmpty()
        ? one(scope, "nothing", groups.size(), losses)
        : one(scope, "squared_norms", all, groups.stream().mapToLong(List::size).toArray());
  }

  /**
   * Inner products [B], fp64, of a group's gradients [B,P_j] with its part of a direction [ΣP_j].
   */
  static Tensor along(Scope scope, List<Tensor> gradients, Tensor direction) {
    return one(scope, "along", gradients, direction);
  }

  /**
   * Σ rint(wᵢ·gᵢ) [P_j], whole numbers in fp64, over the rows of gradients [B,P_j]; rows of weight
   * 0 do not count, NaN or not.
   *
   * @param rowWeights fp64 [B]
   */
  static List<Tensor> wholeSums(Scope scope, List<Tensor> gradients, Tensor rowWeights) {
    return PROGRAM.call(scope, "whole_sums", gradients, rowWeights);
  }

  /**
   * Clipping weights [G,B] from squared norms [G,B].
   *
   * @param constants numerator, floor, offset and factor, fp64
   * @param count rows that hold an example
   */
  static Tensor weights(Scope scope, Tensor norms, Tensor constants, boolean byGroup, int count) {
    return one(scope, "weights", norms, constants, byGroup, count);
  }

  /**
   * As {@link #wholeSums}, of several groups with the weights [G,B], in int64; and the sum's square
   * [1].
   *
   * @param groups the number of each tensor's group
   */
  static List<Tensor> wholeParts(
      Scope scope, List<Tensor> gradients, Tensor weights, long[] groups) {
    return PROGRAM.call(scope, "whole_parts", gradients, weights, groups);
  }

  /** Losses, the sum's square in each place, and norms: [2+G,B] in fp64. */
  static Tensor facts(Scope scope, Tensor losses, Tensor norms, List<Tensor> squares) {
    return one(scope, "facts", losses, norms, squares);
  }

  /** The facts of several micro-batches, [2+G,ΣB]. */
  static Tensor sideBySide(Scope scope, List<Tensor> facts) {
    return one(scope, "side_by_side", facts);
  }

  /** Adds parts to sums in place. */
  static void addTo(Scope scope, List<Tensor> sums, List<Tensor> parts) {
    one(scope, "add_to", sums, parts);
  }

  /**
   * Sums of a {@link PlainSum} [P_j] with gradients [1,P_j] added, as new tensors.
   *
   * @param sums empty for zeros
   */
  static List<Tensor> plusPlain(Scope scope, List<Tensor> sums, List<Tensor> gradients) {
    return sums.isEmpty()
        ? PROGRAM.call(scope, "plain", gradients)
        : PROGRAM.call(scope, "plus_plain", sums, gradients);
  }

  /** What fp32 vectors hold, in doubles, by one copy to the host. */
  static List<double[]> doubles(List<Tensor> vectors, boolean card) {
    List<double[]> found = new ArrayList<>();
    if (vectors.isEmpty()) {
      return found;
    }
    try (Scope scope = new Scope()) {
      double[] all = Trainable.Gradients.wide(one(scope, "on_host", vectors, card));
      int from = 0;
      for (Tensor vector : vectors) {
        int to = from + Math.toIntExact(elements(vector));
        found.add(Arrays.copyOfRange(all, from, to));
        from = to;
      }
    }
    return found;
  }

  /** Copies 64-bit integers into an array, one behind the other. */
  static void copyTo(long[] target, List<Tensor> parts, boolean card) {
    CompletableFuture<?> former = CompletableFuture.completedFuture(target);
    try {
      int at = 0;
      int next = 0;
      while (next < parts.size()) {
        List<Tensor> some = new ArrayList<>();
        long elements = 0;
        while (next < parts.size()
            && (some.isEmpty() || elements + elements(parts.get(next)) <= TO_HOST_AT_ONCE)) {
          elements += elements(parts.get(next));
          some.add(parts.get(next++));
        }
        Scope scope = new Scope();
        Tensor piece = one(scope, "on_host", some, card);
        former.join(); // so that at most two are on the host
        int from = at;
        former = CompletableFuture.runAsync(() -> place(scope, piece, target, from));
        at = Math.addExact(at, Math.toIntExact(elements));
      }
    } finally {
      former.join();
    }
  }

  private static void place(Scope scope, Tensor piece, long[] target, int at) {
    try (scope) {
      piece.copyTo(target, at);
    }
  }

  private static long elements(Tensor vector) {
    return vector.shape()[0];
  }

  /** Small tensors of the host on another device, which nobody waits for. */
  static List<Tensor> sent(Scope scope, List<Tensor> tensors, Tensor like) {
    return PROGRAM.call(scope, "sent", tensors, like);
  }

  /** Room for fp32 values on the host, from where a card can copy by itself. */
  static Tensor room(Scope scope, int count, boolean card) {
    return one(scope, "room", count, card);
  }

  /** Room for values on the device of {@code like}, in bf16 or fp32. */
  static Tensor space(Scope scope, int count, boolean narrow, Tensor like) {
    return one(scope, "space", count, narrow, like);
  }

  /** Fills a vector on another device with fp32 values, which nobody waits for. */
  static void fill(Scope scope, Tensor vector, Tensor values) {
    one(scope, "fill", vector, values);
  }

  /**
   * The matrices that lie in a vector, as parts of it.
   *
   * @param all they lie in it in order, each from a multiple of {@link #ALIGNMENT} on
   * @param sizes rows and columns of each
   */
  static List<Tensor> matrices(Scope scope, Tensor all, long[] sizes) {
    return PROGRAM.call(scope, "matrices", all, sizes);
  }
}
