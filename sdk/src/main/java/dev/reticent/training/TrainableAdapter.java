package dev.reticent.training;

import dev.reticent.api.Internal;
import dev.reticent.engine.Scope;
import dev.reticent.lora.Adapter;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A LoRA adapter in training; the base stays frozen. */
@Internal
public final class TrainableAdapter implements Trainable {

  private final List<Decoder> decoders;
  private final Adapter values;
  private final Map<Decoder, AdapterUpload> copies = new LinkedHashMap<>();

  /** Trains {@code adapter} in place on a model. */
  public TrainableAdapter(Decoder decoder, Adapter adapter) {
    this(List.of(decoder), adapter);
  }

  /** Trains {@code adapter} in place on a model that each worker has a decoder of. */
  public TrainableAdapter(List<Decoder> decoders, Adapter adapter) {
    this.decoders = List.copyOf(decoders);
    this.values = adapter;
    decoders.forEach(
        decoder -> copies.computeIfAbsent(decoder, own -> new AdapterUpload(own, adapter)));
  }

  @Override
  public float[] values() {
    return values.values();
  }

  @Override
  public String tensorOf(int index) {
    return values.layout().slots().stream()
        .filter(slot -> index >= slot.start() && index < slot.end())
        .map(
            slot ->
                index < slot.startB()
                    ? slot.nameA()
                    : index < slot.startM() ? slot.nameB() : slot.nameM())
        .findFirst()
        .orElseThrow(() -> new IndexOutOfBoundsException(index));
  }

  @Override
  public void upload() {
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
    AdapterTensors adapter = batch.with(adapter(decoder));
    return new LayerwisePass(decoder, adapter, false).run(scope, batch, perExample);
  }

  @Override
  public void close() {
    copies.values().forEach(AdapterUpload::close);
  }
}
