package dev.reticent.training;

import dev.reticent.architecture.Projection;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.AdapterSlot;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import dev.reticent.weights.ComputeType;
import java.util.ArrayList;
import java.util.List;

/**
 * A trained adapter's way to a card: all of it in one copy, which nobody waits for, and in the type
 * in which the card computes, so that no layer of a micro-batch has to cast it.
 */
final class AdapterUpload {

  private AdapterUpload() {}

  /**
   * The adapter on a decoder's device; closed by whoever asks. DoRA's norms have to be worked out
   * there from the matrices, so such an adapter goes matrix by matrix.
   */
  static AdapterTensors on(Decoder decoder, Adapter adapter) {
    boolean apart = decoder.device().onHost() || adapter.layout().spec().dora();
    return apart ? adapter.on(decoder) : inOne(decoder, adapter, true);
  }

  /**
   * @param card whether there is one; else everything happens on the host
   */
  static AdapterTensors inOne(Decoder decoder, Adapter adapter, boolean card) {
    List<AdapterSlot> slots = adapter.layout().slots();
    List<Piece> pieces = new ArrayList<>();
    for (AdapterSlot slot : slots) {
      add(pieces, adapter.values(), slot.startA(), slot.rowsA(), slot.in());
      add(pieces, adapter.values(), slot.startB(), slot.out(), slot.rank());
      add(pieces, new float[] {(float) slot.scale()}, 0, 1, 0);
    }
    AdapterTensors tensors = AdapterTensors.none(decoder.config(), decoder.device());
    List<Projection> projections = Projection.of(decoder.config());
    try (Scope scope = new Scope()) {
      Piece last = pieces.get(pieces.size() - 1);
      Tensor room = SumProgram.room(scope, last.at() + last.count(), card);
      pieces.parallelStream().forEach(p -> room.set(p.at(), p.values(), p.from(), p.count()));
      long[] sizes = new long[2 * pieces.size()];
      for (int i = 0; i < pieces.size(); i++) {
        sizes[2 * i] = pieces.get(i).rows();
        sizes[2 * i + 1] = pieces.get(i).columns();
      }
      boolean narrow = card && decoder.options().compute() == ComputeType.BFLOAT16;
      List<Tensor> found = SumProgram.matrices(scope, room, sizes, narrow, decoder.like());
      for (int i = 0; i < slots.size(); i++) {
        AdapterSlot slot = slots.get(i);
        Tensor a = scope.release(found.get(3 * i));
        Tensor b = scope.release(found.get(3 * i + 1));
        Tensor scale = scope.release(found.get(3 * i + 2));
        if (slot.projection() == Projection.HEAD) {
          tensors.putHead(a, b, scale);
        } else {
          tensors.put(slot.layer(), projections.indexOf(slot.projection()), a, b, scale);
        }
      }
    }
    return tensors;
  }

  /**
   * A matrix, or with no columns a vector.
   *
   * @param at its place among all
   * @param values that has its values from {@code from} on
   */
  @SuppressWarnings("ArrayRecordComponent") // a view, never compared
  private record Piece(int at, float[] values, int from, int rows, int columns) {
    int count() {
      return rows * Math.max(1, columns);
    }

    int end() {
      int parts = (count() + SumProgram.ALIGNMENT - 1) / SumProgram.ALIGNMENT;
      return Math.addExact(at, parts * SumProgram.ALIGNMENT);
    }
  }

  private static void add(List<Piece> pieces, float[] values, int from, int rows, int columns) {
    int at = pieces.isEmpty() ? 0 : pieces.get(pieces.size() - 1).end();
    pieces.add(new Piece(at, values, from, rows, columns));
  }
}
