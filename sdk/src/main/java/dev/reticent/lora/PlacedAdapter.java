package dev.reticent.lora;

import dev.reticent.architecture.LayerLayout.AdapterPart;
import dev.reticent.architecture.Projection;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Tensor;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import java.util.List;

/**
 * An adapter's values as tensors beside a model's weights, which some of them are relative to.
 *
 * <p>A matrix that was saved whole becomes an adapter of full rank, A the identity and B what
 * changed, and a saved bias what is added to the model's: so rows of a batch may use it, each its
 * own, as they use any other.
 */
record PlacedAdapter(Adapter adapter, Decoder decoder) {

  AdapterTensors tensors() {
    AdapterTensors tensors = AdapterTensors.none(decoder.config(), decoder.device());
    adapter.layout().slots().forEach(slot -> put(tensors, slot));
    adapter.saved().forEach(saved -> put(tensors, saved));
    return tensors;
  }

  /** Sets m to the norms of W's rows. */
  void initialMagnitude(AdapterSlot slot) {
    try (Tensor a = a(slot);
        Tensor b = b(slot);
        Tensor scale = number(0)) {
      float[] over =
          decoder.modules().overNorms(slot.layer(), place(slot.projection()), a, b, scale);
      for (int i = 0; i < over.length; i++) {
        adapter.values()[slot.startM() + i] = 1 / over[i];
      }
    }
  }

  private void put(AdapterTensors tensors, AdapterSlot slot) {
    int place = place(slot.projection());
    Tensor a = a(slot);
    Tensor b = b(slot);
    Tensor scale = number((float) slot.scale());
    tensors.put(slot.layer(), place, a, b, scale);
    if (slot.dora()) {
      float[] over = decoder.modules().overNorms(slot.layer(), place, a, b, scale);
      float[] gain = new float[over.length];
      for (int i = 0; i < gain.length; i++) {
        gain[i] = adapter.values()[slot.startM() + i] * over[i];
      }
      int module = tensors.number(slot.layer(), place);
      tensors.put(module, AdapterPart.GAIN, Tensor.of(device(), gain, gain.length));
      tensors.put(module, AdapterPart.OVER_NORM, Tensor.of(device(), over, over.length));
    }
  }

  private void put(AdapterTensors tensors, SavedTensor saved) {
    int in = saved.projection().in(decoder.config(), saved.layer());
    int out = saved.projection().out(decoder.config(), saved.layer());
    int place = place(saved.projection());
    switch (saved.kind()) {
      case EMBEDDING -> tensors.putTable(Tensor.of(device(), saved.values(), out, in));
      case WEIGHT -> {
        try (Tensor matrix = Tensor.of(device(), saved.values(), out, in)) {
          Tensor change = decoder.modules().change(saved.layer(), place, matrix);
          tensors.put(saved.layer(), place, identity(in), change, number(1));
        }
      }
      case BIAS -> {
        try (Tensor bias = Tensor.of(device(), saved.values(), out)) {
          int module = tensors.number(saved.layer(), place);
          tensors.put(
              module, AdapterPart.SHIFT, decoder.modules().biasChange(saved.layer(), place, bias));
        }
      }
    }
  }

  private int place(Projection projection) {
    List<Projection> projections = Projection.of(decoder.config());
    return projection == Projection.HEAD ? 0 : projections.indexOf(projection);
  }

  private Tensor a(AdapterSlot slot) {
    return part(slot.startA(), slot.rowsA(), slot.in());
  }

  private Tensor b(AdapterSlot slot) {
    return part(slot.startB(), slot.out(), slot.rank());
  }

  private Tensor part(int start, int rows, int columns) {
    return Tensor.ofPart(device(), adapter.values(), start, rows * columns, rows, columns);
  }

  private Tensor number(float value) {
    return Tensor.of(device(), new float[] {value}, 1);
  }

  private Tensor identity(int size) {
    float[] values = new float[size * size];
    for (int i = 0; i < size; i++) {
      values[i * size + i] = 1;
    }
    return Tensor.of(device(), values, size, size);
  }

  private ComputeDevice device() {
    return decoder.device();
  }
}
