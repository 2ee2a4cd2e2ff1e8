package dev.reticent.decoding;

import dev.reticent.architecture.LayerLayout.AdapterPart;
import dev.reticent.architecture.Projection;
import dev.reticent.config.UserInputException;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.model.AdapterId;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Several adapters as one, of which each row of a batch uses its own part.
 *
 * <p>A module's matrices are put side by side, A [R,in] and B [out,R] with R the sum of the ranks;
 * a table S [adapters+1, R] has an adapter's scale in its own columns and zero elsewhere, and only
 * zeros in row 0, the base model. A row of a batch computes W x + B (S[adapter] ∘ A x): the same
 * two products for any mixture, of a size that does not depend on it. Their cost grows with the
 * ranks of all adapters together, which is little next to W while R is small next to in and out;
 * picking each row's own A and B would copy them in every step. Gains and changed biases are tables
 * of a row for each adapter, of ones and zeros where it has none: multiplying by one and adding
 * zero changes no bit.
 */
final class AdapterStack implements AutoCloseable {
  /** R is rounded up: in a product of two columns a row's last bits depend on its place. */
  private static final int MULTIPLE = 8;

  /** R is rounded up to this on a card, whose kernels take so many at a time. */
  private static final int MULTIPLE_ON_CARD = 64;

  private final Decoder decoder;
  private final Tensor like;
  private final List<StackSlot> slots;
  private final List<Tensor> all;
  private final List<Tensor> head;
  private final List<Tensor> tables;
  private final List<Tensor> owned = new ArrayList<>();

  /**
   * @param like a tensor of the type in which they are wanted
   */
  AdapterStack(Decoder decoder, Tensor like, List<StackSlot> slots) {
    this.decoder = decoder;
    this.like = like;
    this.slots = List.copyOf(slots);
    List<Projection> projections = Projection.of(decoder.config());
    int modules = decoder.config().layers() * projections.size();
    List<Tensor> stacked = new ArrayList<>();
    for (int module = 0; module < modules; module++) {
      Projection projection = projections.get(module % projections.size());
      boolean there = projection.isIn(decoder.config(), module / projections.size());
      stacked.addAll(there ? stack(module, projection) : nothing());
    }
    this.all = stacked;
    this.head = stack(modules, Projection.HEAD);
    this.tables = tables();
  }

  /** Another stack with the tensors of this one. */
  private AdapterStack(AdapterStack from, List<StackSlot> slots) {
    this.decoder = from.decoder;
    this.like = from.like;
    this.slots = List.copyOf(slots);
    this.all = from.all;
    this.head = from.head;
    this.tables = from.tables;
    this.owned.addAll(from.owned);
  }

  /** The parts of one module, absent where no adapter has them. */
  private List<Tensor> stack(int module, Projection projection) {
    Map<AdapterPart, Tensor> parts = new EnumMap<>(AdapterPart.class);
    int ranks = slots.stream().mapToInt(slot -> slot.width(module, projection)).sum();
    if (ranks > 0 && projection.ofExperts()) {
      putExperts(parts, module, projection, ranks);
    } else if (ranks > 0) {
      int multiple = decoder.device().onHost() ? MULTIPLE : MULTIPLE_ON_CARD;
      int total = (ranks + multiple - 1) / multiple * multiple;
      putMatrices(parts, module, projection, total);
    }
    int out = projection.out(decoder.config(), layer(module));
    putRows(parts, module, AdapterPart.GAIN, out, 1);
    putRows(parts, module, AdapterPart.SHIFT, out, 0);
    return Stream.of(AdapterPart.values())
        .map(part -> Optional.ofNullable(parts.get(part)).orElseGet(this::absent))
        .toList();
  }

  /** The layer of a module; the number of layers for the head. */
  private int layer(int module) {
    return module / Projection.of(decoder.config()).size();
  }

  /** In the place of a module that a layer does not have. */
  private List<Tensor> nothing() {
    return Stream.of(AdapterPart.values()).map(part -> absent()).toList();
  }

  /** A, B and S. */
  private void putMatrices(
      Map<AdapterPart, Tensor> parts, int module, Projection projection, int total) {
    int in = projection.in(decoder.config(), layer(module));
    int out = projection.out(decoder.config(), layer(module));
    int column = 0;
    try (Scope scope = new Scope()) {
      List<Tensor> rows = new ArrayList<>();
      List<Tensor> columns = new ArrayList<>();
      for (int i = 0; i < slots.size(); i++) {
        AdapterTensors tensors = slots.get(i).tensors();
        int rank = tensors.rank(module);
        if (rank > 0) {
          float[] a = finite(slots.get(i), tensors.part(module, AdapterPart.A));
          float[] b = finite(slots.get(i), tensors.part(module, AdapterPart.B));
          rows.add(scope.own(Tensor.of(decoder.device(), a, rank, in)));
          columns.add(scope.own(Tensor.of(decoder.device(), b, out, rank)));
        }
        int width = slots.get(i).width(module, projection);
        pad(decoder, scope, rows, columns, width - rank, in, out);
        column += width;
      }
      pad(decoder, scope, rows, columns, total - column, in, out);
      List<Tensor> joined = decoder.program().call(scope, "stack", rows, columns, like);
      parts.put(AdapterPart.A, own(scope.release(joined.get(0))));
      parts.put(AdapterPart.B, own(scope.release(joined.get(1))));
      parts.put(AdapterPart.SCALE, own(scales(module, projection, total)));
    }
  }

  /** S [adapters+1, R]: the scale of each adapter in its own columns, 0 in those of others. */
  private Tensor scales(int module, Projection projection, int total) {
    float[] scales = new float[(slots.size() + 1) * total];
    int column = 0;
    for (int i = 0; i < slots.size(); i++) {
      AdapterTensors tensors = slots.get(i).tensors();
      int rank = tensors.rank(module);
      if (rank > 0) {
        int from = (i + 1) * total + column;
        float scale = tensors.part(module, AdapterPart.SCALE).toFloats()[0];
        Arrays.fill(scales, from, from + rank, scale);
      }
      column += slots.get(i).width(module, projection);
    }
    return Tensor.of(decoder.device(), scales, slots.size() + 1, total);
  }

  /** A, B and S of experts, each of which has its rows of A [X·R, in] and of B [X·out, R]. */
  private void putExperts(
      Map<AdapterPart, Tensor> parts, int module, Projection projection, int total) {
    int experts = projection.parts(decoder.config());
    int in = projection.in(decoder.config(), layer(module));
    int out = projection.out(decoder.config(), layer(module));
    int rowsA = experts * total;
    float[] a = new float[rowsA * in];
    float[] b = new float[out * total];
    int column = 0;
    for (int i = 0; i < slots.size(); i++) {
      AdapterTensors tensors = slots.get(i).tensors();
      int rank = tensors.rank(module);
      if (rank > 0) {
        float[] ownA = finite(slots.get(i), tensors.part(module, AdapterPart.A));
        float[] ownB = finite(slots.get(i), tensors.part(module, AdapterPart.B));
        for (int e = 0; e < experts; e++) {
          System.arraycopy(ownA, e * rank * in, a, (e * total + column) * in, rank * in);
        }
        for (int row = 0; row < out; row++) {
          System.arraycopy(ownB, row * rank, b, row * total + column, rank);
        }
      }
      column += slots.get(i).width(module, projection);
    }
    parts.put(AdapterPart.A, own(Tensor.of(decoder.device(), a, rowsA, in)));
    parts.put(AdapterPart.B, own(Tensor.of(decoder.device(), b, out, total)));
    parts.put(AdapterPart.SCALE, own(scales(module, projection, total)));
  }

  /** A table [adapters+1, out] of a part that not all of them have, where one has it. */
  private void putRows(
      Map<AdapterPart, Tensor> parts, int module, AdapterPart part, int out, float none) {
    if (slots.stream().allMatch(slot -> slot.tensors().part(module, part).shape()[0] == 0)) {
      return;
    }
    float[] values = new float[(slots.size() + 1) * out];
    Arrays.fill(values, none);
    for (int i = 0; i < slots.size(); i++) {
      Tensor own = slots.get(i).tensors().part(module, part);
      if (own.shape()[0] > 0) {
        System.arraycopy(finite(slots.get(i), own), 0, values, (i + 1) * out, out);
      }
    }
    parts.put(part, own(Tensor.of(decoder.device(), values, slots.size() + 1, out)));
  }

  /** The embeddings of adapters that have their own, one after another, and which has which. */
  private List<Tensor> tables() {
    List<Tensor> found = new ArrayList<>();
    long[] which = new long[slots.size() + 1];
    Arrays.fill(which, -1);
    for (int i = 0; i < slots.size(); i++) {
      Tensor table = slots.get(i).tensors().table();
      if (table.shape()[0] > 0) {
        which[i + 1] = found.size();
        found.add(table);
      }
    }
    if (found.isEmpty()) {
      return List.of();
    }
    try (Scope scope = new Scope()) {
      Tensor joined = scope.release(decoder.program().call(scope, "join", found).get(0));
      return List.of(own(joined), own(Tensor.of(decoder.device(), which, which.length)));
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
  private static float[] finite(StackSlot slot, Tensor tensor) {
    float[] values = tensor.toFloats();
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
    return values;
  }

  private Tensor absent() {
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

  /** What follows the model's head where adapters have embeddings of their own; else nothing. */
  List<Tensor> embeddings() {
    return tables;
  }

  @Override
  public void close() {
    owned.forEach(Tensor::close);
  }
}
