package dev.reticent.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.architecture.LayerLayout.AdapterPart;
import dev.reticent.architecture.Projection;
import dev.reticent.engine.Scope;
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

  private static Adapter adapter(Decoder decoder) {
    LoraSpec spec = LoraSpec.of(3, 7, Projection.targets(decoder.config()));
    return Adapter.initial(AdapterLayout.of(decoder.config(), spec), 1);
  }

  private static int modules(Decoder decoder) {
    return decoder.config().layers() * Projection.of(decoder.config()).size() + 1;
  }

  @Test
  void oneCopyHoldsWhatCopiesOfEachMatrixHoldAfterEveryStep() {
    try (Decoder decoder = decoder()) {
      Adapter adapter = adapter(decoder);
      try (AdapterUpload upload = new AdapterUpload(decoder, adapter)) {
        AdapterTensors one = upload.tensors();
        for (int step = 1; step <= 2; step++) {
          for (int i = 0; i < adapter.values().length; i++) {
            adapter.values()[i] += i * step;
          }
          upload.refresh();
          try (AdapterTensors each = adapter.on(decoder)) {
            for (int m = 0; m < modules(decoder); m++) {
              same(one.module(m), each.module(m));
            }
          }
        }
        assertThat(upload.tensors()).as("the same tensors, filled anew").isSameAs(one);
      }
    }
  }

  /** As cards that compute in bf16 take it: s is in B, rounded as there. */
  @Test
  void narrowedMatricesHaveTheRoundingsOfBfloat16() {
    try (Decoder decoder = decoder();
        Scope scope = new Scope()) {
      Adapter adapter = adapter(decoder);
      for (int i = 0; i < adapter.values().length; i++) {
        adapter.values()[i] += (float) Math.sin(i);
      }
      try (PackedAdapter packed = new PackedAdapter(decoder, adapter, false, true);
          AdapterTensors narrow = packed.tensors();
          AdapterTensors each = adapter.on(decoder)) {
        for (int m = 0; m < modules(decoder) - 1; m++) {
          float scale = each.part(m, AdapterPart.SCALE).toFloats()[0];
          float[] a = rounded(scope, decoder, each.part(m, AdapterPart.A).toFloats());
          float[] b = rounded(scope, decoder, each.part(m, AdapterPart.B).toFloats());
          for (int i = 0; i < b.length; i++) {
            b[i] *= scale;
          }
          assertThat(wide(scope, decoder, narrow.part(m, AdapterPart.A))).isEqualTo(a);
          assertThat(wide(scope, decoder, narrow.part(m, AdapterPart.B)))
              .isEqualTo(rounded(scope, decoder, b));
          assertThat(narrow.part(m, AdapterPart.SCALE).shape()).containsExactly(1, 1);
        }
      }
    }
  }

  private static Decoder decoder() {
    return Decoder.load(Golden.folder("mistral-tiny"), DecoderOptions.standard());
  }

  /** To bf16 and back by libtorch. */
  private static float[] rounded(Scope scope, Decoder decoder, float[] values) {
    Tensor wide = scope.own(Tensor.of(decoder.device(), values, values.length));
    return wide(scope, decoder, decoder.program().call(scope, "bfloat16", wide).get(0));
  }

  private static float[] wide(Scope scope, Decoder decoder, Tensor narrow) {
    return decoder.program().call(scope, "float32", narrow).get(0).toFloats();
  }

  private static void same(List<Tensor> found, List<Tensor> expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.size(); i++) {
      assertThat(found.get(i).shape()).isEqualTo(expected.get(i).shape());
      assertThat(found.get(i).toFloats()).isEqualTo(expected.get(i).toFloats());
    }
  }
}
