package dev.reticent.training;

import dev.reticent.architecture.Projection;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.format.Floats;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.AdapterSlot;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * An adapter's matrices behind each other in one tensor of a device, of which the decoder sees
 * parts. New values are one copy that nobody waits for, however many matrices there are.
 *
 * <p>On a card that computes in bf16 they are kept in that, so that no layer of a micro-batch has
 * to cast them, with B multiplied by its scale; beside them s is [1,1], the form that the decoder's
 * script takes for that.
 */
final class PackedAdapter implements AutoCloseable {

  private final List<Piece> pieces = new ArrayList<>();
  private final boolean card;
  private final int size;

  /** What a matrix is a part of, in the type in which the device computes. */
  private final Tensor all;

  /** Whether the host's values are not the device's own. */
  private final boolean copied;

  private final AdapterTensors tensors;

  /**
   * @param card whether there is one; else everything happens on the host
   * @param narrow whether it is kept in bf16
   */
  PackedAdapter(Decoder decoder, Adapter adapter, boolean card, boolean narrow) {
    this.card = card;
    this.copied = card || narrow;
    List<AdapterSlot> slots = adapter.layout().slots();
    int at = 0;
    for (AdapterSlot slot : slots) {
      Piece a = new Piece(at, adapter.values(), slot.startA(), slot.rowsA(), slot.in(), false, 1);
      Piece b =
          new Piece(
              a.end(),
              adapter.values(),
              slot.startB(),
              slot.out(),
              slot.rank(),
              narrow,
              (float) slot.scale());
      pieces.addAll(List.of(a, b));
      at = b.end();
    }
    this.size = at;
    try (Scope scope = new Scope()) {
      all =
          scope.release(
              copied
                  ? SumProgram.space(scope, size, narrow, decoder.like())
                  : SumProgram.room(scope, size, false));
      this.tensors = tensors(scope, decoder, slots, narrow);
    }
    fill();
  }

  private AdapterTensors tensors(
      Scope scope, Decoder decoder, List<AdapterSlot> slots, boolean narrow) {
    long[] sizes = pieces.stream().flatMapToLong(Piece::sizes).toArray();
    List<Tensor> found = SumProgram.matrices(scope, all, sizes);
    AdapterTensors own = AdapterTensors.none(decoder.config(), decoder.device());
    List<Projection> projections = Projection.of(decoder.config());
    for (int i = 0; i < slots.size(); i++) {
      AdapterSlot slot = slots.get(i);
      Tensor a = scope.release(found.get(2 * i));
      Tensor b = scope.release(found.get(2 * i + 1));
      Tensor scale = scale(decoder.device(), slot, narrow);
      if (slot.projection() == Projection.HEAD) {
        own.putHead(a, b, scale);
      } else {
        own.put(slot.layer(), projections.indexOf(slot.projection()), a, b, scale);
      }
    }
    return own;
  }

  private static Tensor scale(ComputeDevice device, AdapterSlot slot, boolean narrow) {
    float[] value = {(float) slot.scale()};
    return narrow ? Tensor.of(device, value, 1, 1) : Tensor.of(device, value, 1);
  }

  /** As the decoder takes them; closed by whoever asks. */
  AdapterTensors tensors() {
    return tensors;
  }

  /** Brings the adapter's values over. */
  void fill() {
    try (Scope scope = new Scope()) {
      Tensor room = copied ? SumProgram.room(scope, size, card) : all;
      FloatBuffer elements = room.elements();
      pieces.parallelStream().forEach(piece -> piece.write(elements.duplicate()));
      if (copied) {
        SumProgram.fill(scope, all, room);
      }
    }
  }

  /**
   * A matrix.
   *
   * @param at its place among all
   * @param values that has its values from {@code from} on
   * @param scaled whether they are rounded to bf16 and multiplied
   */
  @SuppressWarnings("ArrayRecordComponent") // a view, never compared
  private record Piece(
      int at, float[] values, int from, int rows, int columns, boolean scaled, float factor) {

    int end() {
      int parts = (rows * columns + SumProgram.ALIGNMENT - 1) / SumProgram.ALIGNMENT;
      return Math.addExact(at, parts * SumProgram.ALIGNMENT);
    }

    LongStream sizes() {
      return LongStream.of(rows, columns);
    }

    void write(FloatBuffer target) {
      target.position(at);
      if (!scaled) {
        target.put(values, from, rows * columns);
        return;
      }
      for (int i = from; i < from + rows * columns; i++) {
        target.put(Floats.fromBfloat(Floats.toBfloat(values[i])) * factor);
      }
    }
  }

  @Override
  public void close() {
    all.close();
  }
}
