package dev.reticent.decoding;

import dev.reticent.architecture.Projection;
import dev.reticent.config.UserInputException;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.model.AdapterId;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Several adapters as one, of which each row of a batch uses its own part.
 *
 * <p>A module's matrices are put side by side, A [R,in] and B [out,R] with R the sum of the ranks;
 * a table S [adapters+1, R] has an adapter's scale in its own columns and zero elsewhere, and only
 * zeros in row 0, the base model. A row of a batch computes W x + B (S[adapter] ∘ A x): the same
 * two products for any mixture, of a size that does not depend on it. Their cost grows with the
 * ranks of all adapters together, which is little next to W while R is small next to in and out;
 * picking each row's own A and B would copy them in every step.
 */
final class AdapterStack implements AutoCloseable {
  /** R is rounded up: in a product of two columns a row's last bits depend on its place. */
  private static final int MULTIPLE = 8;

  private final List<AdapterId> ids;
  private final List<Tensor> all;
  private final List<Tensor> head;
  private final List<Tensor> owned = new ArrayList<>();

  /**
   * @param like a tensor of the type in which they are wanted
   */
  AdapterStack(Decoder decoder, Tensor like, Map<AdapterId, AdapterTensors> adapters) {
    this.ids = List.copyOf(adapters.keySet());
    List<AdapterTensors> tensors = ids.stream().map(adapters::get).toList();
    List<Tensor> stacked = new ArrayList<>();
    int modules = decoder.config().layers() * Projection.of(decoder.config()).size();
    for (int module = 0; module < modules; module++) {
      int m = module;
      stacked.addAll(stack(decoder, like, tensors.stream().map(t -> t.module(m)).toList()));
    }
    this.all = stacked;
    this.head = stack(decoder, like, tensors.stream().map(AdapterTensors::head).toList());
  }

  /** A, B and S of one module, absent where no adapter has it; each part is A, B, s. */
  private List<Tensor> stack(Decoder decoder, Tensor like, List<List<Tensor>> parts) {
    List<Integer> present =
        IntStream.range(0, parts.size())
            .filter(i -> size(parts.get(i).get(0)) > 0)
            .boxed()
            .toList();
    if (present.isEmpty()) {
      return List.of(absent(decoder), absent(decoder), absent(decoder));
    }
    int ranks = present.stream().mapToInt(i -> rank(parts.get(i))).sum();
    int total = (ranks + MULTIPLE - 1) / MULTIPLE * MULTIPLE;
    float[] scales = new float[(ids.size() + 1) * total];
    int column = 0;
    try (Scope scope = new Scope()) {
      List<Tensor> rows = new ArrayList<>();
      List<Tensor> columns = new ArrayList<>();
      for (int i : present) {
        float[] a = parts.get(i).get(0).toFloats();
        float[] b = parts.get(i).get(1).toFloats();
        rows.add(scope.own(Tensor.of(decoder.device(), a, parts.get(i).get(0).shape())));
        columns.add(scope.own(Tensor.of(decoder.device(), b, parts.get(i).get(1).shape())));
        requireFinite(ids.get(i), a);
        requireFinite(ids.get(i), b);
        float scale = parts.get(i).get(2).toFloats()[0];
        for (int j = 0; j < rank(parts.get(i)); j++) {
          scales[indexOf(ids.get(i)) * total + column++] = scale;
        }
      }
      if (total > ranks) {
        int in = (int) parts.get(present.get(0)).get(0).shape()[1];
        int out = (int) parts.get(present.get(0)).get(1).shape()[0];
        int more = total - ranks;
        rows.add(scope.own(Tensor.of(decoder.device(), new float[more * in], more, in)));
        columns.add(scope.own(Tensor.of(decoder.device(), new float[out * more], out, more)));
      }
      List<Tensor> joined = decoder.program().call(scope, "stack", rows, columns, like);
      return List.of(
          own(scope.release(joined.get(0))),
          own(scope.release(joined.get(1))),
          own(Tensor.of(decoder.device(), scales, ids.size() + 1, total)));
    }
  }

  /** A product with zero does not silence what is not finite. */
  private static void requireFinite(AdapterId id, float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new UserInputException(
            "The adapter%s holds a weight that is %s: all must be finite; train it again or leave it out."
                .formatted(id.equals(AdapterId.NONE) ? "" : " " + id.digest(), value));
      }
    }
  }

  private static int rank(List<Tensor> part) {
    return (int) part.get(0).shape()[0];
  }

  private static long size(Tensor tensor) {
    return tensor.shape()[0];
  }

  private Tensor absent(Decoder decoder) {
    return own(Tensor.absent(decoder.device()));
  }

  private Tensor own(Tensor tensor) {
    owned.add(tensor);
    return tensor;
  }

  boolean knows(AdapterId id) {
    return id.equals(AdapterId.NONE) || ids.contains(id);
  }

  /** The row of S: 0 for none. */
  int indexOf(AdapterId id) {
    return ids.indexOf(id) + 1;
  }

  /** The row of S of the last adapter, 0 where there is none. */
  int lastIndex() {
    return ids.size();
  }

  List<Tensor> all() {
    return all;
  }

  List<Tensor> head() {
    return head;
  }

  @Override
  public void close() {
    owned.forEach(Tensor::close);
  }
}
