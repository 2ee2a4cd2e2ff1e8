package dev.reticent.training;

import dev.reticent.api.Internal;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.AdapterSlot;
import dev.reticent.lora.TrainedPart;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A LoRA adapter in training; the base stays frozen. */
@Internal
public final class TrainableAdapter implements Trainable {

  private final List<Decoder> decoders;
  private final Adapter adapter;
  private final TrainedPart part;
  private final float[] values;
  private final Map<Decoder, AdapterUpload> copies = new LinkedHashMap<>();

  /** Trains {@code adapter} in place on a model. */
  public TrainableAdapter(Decoder decoder, Adapter adapter) {
    this(List.of(decoder), adapter);
  }

  /** Trains {@code adapter} in place on a model that each worker has a decoder of. */
  public TrainableAdapter(List<Decoder> decoders, Adapter adapter) {
    this(decoders, adapter, new TrainedPart(adapter.layout(), false), adapter.values());
  }

  /**
   * Trains a part of {@code adapter} in place.
   *
   * @param values of that part, P; an optimizer changes them
   */
  public TrainableAdapter(
      List<Decoder> decoders, Adapter adapter, TrainedPart part, float[] values) {
    this.decoders = List.copyOf(decoders);
    this.adapter = adapter;
    this.part = part;
    this.values = values;
    part.into(adapter.values(), values);
    decoders.forEach(
        decoder -> copies.computeIfAbsent(decoder, own -> new AdapterUpload(own, adapter)));
  }

  @Override
  public float[] values() {
    return values;
  }

  @Override
  public String tensorOf(int index) {
    int place = part.placeOf(index);
    return adapter.layout().slots().stream()
        .filter(slot -> place >= slot.start() && place < slot.end())
        .map(
            slot ->
                place < slot.startB()
                    ? slot.nameA()
                    : place < slot.startM() ? slot.nameB() : slot.nameM())
        .findFirst()
        .orElseThrow(() -> new IndexOutOfBoundsException(index));
  }

  @Override
  public void upload() {
    part.into(adapter.values(), values);
    copies.values().forEach(AdapterUpload::refresh);
  }

  @Override
  public List<Decoder> decoders() {
    return decoders;
  }

  @Override
  public AdapterTensors adapter(Decoder decoder) {
    return Optional.ofNullable(copies.get(decoder))
        .orElseThrow(() -> new IllegalArgumentException("this decoder is not being trained"))
        .tensors();
  }

  @Override
  public Gradients gradients(Scope scope, MicroBatch batch, boolean perExample) {
    Decoder decoder = batch.decoder();
    AdapterTensors tensors = batch.with(adapter(decoder));
    Gradients all = new LayerwisePass(decoder, tensors, false).run(scope, batch, perExample);
    return part.freezesA() ? withoutA(scope, all) : all;
  }

  /** Gradients come as A, B and, with DoRA, m of each slot; those of A are let go. */
  private Gradients withoutA(Scope scope, Gradients all) {
    Iterator<AdapterSlot> slots = adapter.layout().slots().iterator();
    List<List<Tensor>> groups = new ArrayList<>();
    for (List<Tensor> group : all.groups()) {
      List<Tensor> kept = new ArrayList<>();
      Iterator<Tensor> tensors = group.iterator();
      while (tensors.hasNext()) {
        scope.free(tensors.next());
        kept.add(tensors.next());
        if (slots.next().dora()) {
          kept.add(tensors.next());
        }
      }
      groups.add(kept);
    }
    return new Gradients(all.losses(), groups);
  }

  @Override
  public void close() {
    copies.values().forEach(AdapterUpload::close);
  }
}
