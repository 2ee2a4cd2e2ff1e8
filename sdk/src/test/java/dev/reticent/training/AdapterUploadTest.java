package dev.reticent.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.architecture.Projection;
import dev.reticent.engine.Tensor;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.AdapterLayout;
import dev.reticent.lora.LoraSpec;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import dev.reticent.model.Golden;
import dev.reticent.weights.DecoderOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdapterUploadTest {

  @Test
  void oneCopyHoldsWhatCopiesOfEachMatrixHold() {
    try (Decoder decoder = Decoder.load(Golden.folder("mistral-tiny"), DecoderOptions.standard())) {
      LoraSpec spec = LoraSpec.of(3, 7, Projection.targets(decoder.config()));
      Adapter adapter = Adapter.initial(AdapterLayout.of(decoder.config(), spec), 1);
      for (int i = 0; i < adapter.values().length; i++) {
        adapter.values()[i] += i;
      }
      try (AdapterTensors each = adapter.on(decoder);
          AdapterTensors one = AdapterUpload.inOne(decoder, adapter, false)) {
        int modules = decoder.config().layers() * Projection.of(decoder.config()).size();
        for (int m = 0; m < modules; m++) {
          same(one.module(m), each.module(m));
        }
        same(one.head(), each.head());
      }
    }
  }

  private static void same(List<Tensor> found, List<Tensor> expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.size(); i++) {
      assertThat(found.get(i).shape()).isEqualTo(expected.get(i).shape());
      assertThat(found.get(i).toFloats()).isEqualTo(expected.get(i).toFloats());
    }
  }
}
