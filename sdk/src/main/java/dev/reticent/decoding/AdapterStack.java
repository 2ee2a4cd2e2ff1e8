package dev.reticent.decoding;

import dev.reticent.architecture.LayerLayout;
import dev.reticent.architecture.Projection;
import dev.reticent.config.UserInputException;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.model.AdapterId;
import dev.reticent.model.Decoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
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

  /** The same on a card, whose kernels take so many at a time. */
  private static final int MULTIPLE_ON_CARD = 64;

  private final List<StackSlot> slots;
  private final List<Tensor> all;
  private final List<Tensor> head;
  private final List<Tensor> owned = new ArrayList<>();

  /**
   * @param like a tensor of the type in which they are wanted
   */
  AdapterStack(Decoder decoder, Tensor like, List<StackSlot> slots) {
    this.slots = List.copyOf(slots);
    List<Projection> projections = Projection.of(decoder.config());
    List<Tensor> stacked = new ArrayList<>();
    for (int module = 0; module < decoder.config().layers() * projections.size(); module++) {
      int m = module;
      Projection projection = projections.get(module % projections.size());
      stacked.addAll(
          stack(
              decoder, like, projection, slots.stream().map(s -> s.tensors().module(m)).toList()));
    }
    this.all = stacked;
    this.head =
        stack(decoder, like, Projection.HEAD, slots.stream().map(s -> s.tensors().head()).toList());
  }

  /** The same tensors in other hands. */
  private AdapterStack(AdapterStack from, List<StackSlot> slots) {
    this.slots = List.copyOf(slots);
    this.all = from.all;
    this.head = from.head;
    this.owned.addAll(from.owned);
  }

  /** A, B, S and no dropout of one module, absent where no adapter has it; each part is A, B, s. */
  private List<Tensor> stack(
      Decoder decoder, Tensor like, Projection projection, List<List<Tensor>> parts) {
    int ranks =
        IntStream.range(0, parts.size())
            .map(i -> slots.get(i).width(projection, parts.get(i)))
            .sum();
    if (ranks == 0) {
      return Collections.nCopies(LayerLayout.ADAPTER_TENSORS, absent(decoder));
    }
    int in = projection.in(decoder.config());
    int out = projection.out(decoder.config());
    int multiple = decoder.device().onHost() ? MULTIPLE : MULTIPLE_ON_CARD;
    int total = (ranks + multiple - 1) / multiple * multiple;
    float[] scales = new float[(slots.size() + 1) * total];
    int column = 0;
    try (Scope scope = new Scope()) {
      List<Tensor> rows = new ArrayList<>();
      List<Tensor> columns = new ArrayList<>();
      for (int i = 0; i < parts.size(); i++) {
        int rank = rank(parts.get(i));
        if (rank > 0) {
          float[] a = parts.get(i).get(0).toFloats();
          float[] b = parts.get(i).get(1).toFloats();
          rows.add(scope.own(Tensor.of(decoder.device(), a, rank, in)));
          columns.add(scope.own(Tensor.of(decoder.device(), b, out, rank)));
          requireFinite(slots.get(i), a);
          requireFinite(slots.get(i), b);
          float scale = parts.get(i).get(2).toFloats()[0];
          Arrays.fill(scales, (i + 1) * total + column, (i + 1) * total + column + rank, scale);
        }
        int width = slots.get(i).width(projection, parts.get(i));
        pad(decoder, scope, rows, columns, width - rank, in, out);
        column += width;
      }
      pad(decoder, scope, rows, columns, total - ranks, in, out);
      List<Tensor> joined = decoder.program().call(scope, "stack", rows, columns, like);
      return List.of(
          own(scope.release(joined.get(0))),
          own(scope.release(joined.get(1))),
          own(Tensor.of(decoder.device(), scales, slots.size() + 1, total)),
          absent(decoder));
    }
  }

  /** Columns that add nothing. */
  private static void pad(
      Decoder decoder,
      Scope scope,
      List<Tensor> rows,
      List<Tensor> columns,
      int more,
      int in,
      int out) {
    if (more > 0) {
      rows.add(scope.own(Tensor.of(decoder.device(), new float[more * in], more, in)));
      columns.add(scope.own(Tensor.of(decoder.device(), new float[out * more], out, more)));
    }
  }

  /** A product with zero does not silence what is not finite. */
  private static void requireFinite(StackSlot slot, float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new UserInputException(
            "The adapter%s holds a weight that is %s: all must be finite; train it again or leave it out."
                .formatted(
                    slot.id()
                        .map(AdapterId::digest)
                        .filter(d -> !d.isEmpty())
                        .map(d -> " " + d)
                        .orElse(""),
                    value));
      }
    }
  }

  private static int rank(List<Tensor> part) {
    return (int) part.get(0).shape()[0];
  }

  private Tensor absent(Decoder decoder) {
    return own(Tensor.absent(decoder.device()));
  }

  private Tensor own(Tensor tensor) {
    owned.add(tensor);
    return tensor;
  }

  List<StackSlot> slots() {
    return slots;
  }

  /** The same stack, of which another one takes over the tensors: this one is not to be closed. */
  AdapterStack with(List<StackSlot> others) {
    return new AdapterStack(this, others);
  }

  boolean knows(AdapterId id) {
    return id.equals(AdapterId.NONE) || indexOf(id) > 0;
  }

  /** The row of S: 0 for none. */
  int indexOf(AdapterId id) {
    for (int i = 0; i < slots.size(); i++) {
      if (slots.get(i).holds(id)) {
        return i + 1;
      }
    }
    return 0;
  }

  /** The row of S of the last adapter, 0 where there is none. */
  int lastIndex() {
    return slots.size();
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
