package dev.reticent.training;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.AdapterSlot;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import java.util.List;

/** A LoRA adapter in training; the base stays frozen. */
public final class TrainableAdapter implements Trainable {

  private final List<Decoder> decoders;
  private final Adapter values;
  private AdapterCopies copies;

  /** Trains {@code adapter} in place on a model. */
  public TrainableAdapter(Decoder decoder, Adapter adapter) {
    this(List.of(decoder), adapter);
  }

  /** Trains {@code adapter} in place on a model that each worker has a decoder of. */
  public TrainableAdapter(List<Decoder> decoders, Adapter adapter) {
    this.decoders = List.copyOf(decoders);
    this.values = adapter;
    this.copies = copies();
  }

  private AdapterCopies copies() {
    return AdapterCopies.of(
        decoders, decoder -> decoder.narrowed(tensors(values, decoder.config(), decoder.device())));
  }

  /** An adapter's matrices on a device, as the decoder takes them. */
  public static AdapterTensors tensors(Adapter adapter, ModelConfig config, ComputeDevice device) {
    AdapterTensors tensors = AdapterTensors.none(config, device);
    List<Projection> projections = Projection.of(config);
    float[] v = adapter.values();
    for (AdapterSlot slot : adapter.layout().slots()) {
      int r = slot.rank();
      Tensor a = Tensor.ofPart(device, v, slot.startA(), r * slot.in(), r, slot.in());
      Tensor b = Tensor.ofPart(device, v, slot.startB(), r * slot.out(), slot.out(), r);
      Tensor scale = Tensor.of(device, new float[] {(float) slot.scale()}, 1);
      if (slot.projection() == Projection.HEAD) {
        tensors.putHead(a, b, scale);
      } else {
        tensors.put(slot.layer(), projections.indexOf(slot.projection()), a, b, scale);
      }
    }
    return tensors;
  }

  @Override
  public float[] values() {
    return values.values();
  }

  @Override
  public void upload() {
    AdapterCopies old = copies;
    copies = copies();
    old.close();
  }

  @Override
  public List<Decoder> decoders() {
    return decoders;
  }

  @Override
  public AdapterTensors adapter(Decoder decoder) {
    return copies.on(decoder);
  }

  @Override
  public Gradients gradients(Scope scope, MicroBatch batch, boolean perExample) {
    Decoder decoder = batch.decoder();
    return new LayerwisePass(decoder, adapter(decoder), false).run(scope, batch, perExample);
  }

  @Override
  public void close() {
    copies.close();
  }
}
