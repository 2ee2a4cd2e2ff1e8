package dev.reticent.training;

import dev.reticent.lora.Adapter;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import dev.reticent.weights.ComputeType;
import java.util.Optional;

/** A trained adapter on a decoder's device, brought there anew after each step. */
final class AdapterUpload implements AutoCloseable {

  private final Decoder decoder;
  private final Adapter adapter;
  private final Optional<PackedAdapter> packed;
  private AdapterTensors tensors;

  /**
   * The adapter as it is now. DoRA's norms, and what was saved whole, have to be worked out there,
   * so such an adapter goes matrix by matrix.
   */
  AdapterUpload(Decoder decoder, Adapter adapter) {
    this.decoder = decoder;
    this.adapter = adapter;
    boolean apart = adapter.layout().spec().dora() || !adapter.saved().isEmpty();
    boolean card = !decoder.device().onHost();
    boolean narrow = card && decoder.options().compute() == ComputeType.BFLOAT16;
    this.packed =
        apart ? Optional.empty() : Optional.of(new PackedAdapter(decoder, adapter, card, narrow));
    this.tensors = packed.map(PackedAdapter::tensors).orElseGet(() -> adapter.on(decoder));
  }

  AdapterTensors tensors() {
    return tensors;
  }

  /** Brings its values over again. */
  void refresh() {
    if (packed.isPresent()) {
      packed.get().fill();
      return;
    }
    AdapterTensors former = tensors;
    tensors = adapter.on(decoder);
    former.close();
  }

  @Override
  public void close() {
    tensors.close();
    packed.ifPresent(PackedAdapter::close);
  }
}
