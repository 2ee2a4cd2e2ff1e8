package dev.reticent.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.config.UserInputException;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Program;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Script;
import dev.reticent.engine.Tensor;
import dev.reticent.format.Dtype;
import dev.reticent.format.Floats;
import dev.reticent.format.Safetensors;
import dev.reticent.format.SafetensorsWriter;
import dev.reticent.format.TensorSpec;
import dev.reticent.model.Golden;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadingTest {

  private static final ModelConfig MODEL = ModelConfig.read(Golden.folder("mistral-tiny"));
  private static final List<ComputeDevice> HOMES =
      Collections.nCopies(MODEL.layers(), ComputeDevice.CPU);

  /** Matrices that are one number, which follows from their names. */
  private static final class Names implements WeightSource {
    private final AtomicInteger loaded = new AtomicInteger();
    private final int broken;

    Names(int broken) {
      this.broken = broken;
    }

    @Override
    public Tensor vector(TensorSpec spec, ComputeDevice device) {
      return Tensor.of(device, new float[] {spec.name().hashCode()}, 1);
    }

    @Override
    public List<Tensor> matrix(TensorSpec spec, int parts, ComputeDevice device) {
      if (loaded.incrementAndGet() == broken) {
        throw new UserInputException("a damaged shard");
      }
      return List.of(vector(spec, device), vector(spec, device), Tensor.absent(device));
    }

    @Override
    public Tensor computed(TensorSpec spec, ComputeDevice device) {
      return vector(spec, device);
    }
  }

  @Test
  void layersAreTheSameForAnyNumberOfMatricesAtOnce() {
    try (HeldLayers one = new HeldLayers(MODEL, new Names(0), HOMES, 1);
        HeldLayers five = new HeldLayers(MODEL, new Names(0), HOMES, 5)) {
      for (int layer = 0; layer < MODEL.layers(); layer++) {
        List<Tensor> expected = one.layer(layer);
        List<Tensor> found = five.layer(layer);
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.size(); i++) {
          assertThat(found.get(i).toFloats()).isEqualTo(expected.get(i).toFloats());
        }
      }
    }
  }

  @Test
  void whatIsWrongWithAMatrixIsSaidInItsOwnWords() {
    for (int atOnce : new int[] {1, 4}) {
      assertThatThrownBy(() -> new HeldLayers(MODEL, new Names(3), HOMES, atOnce))
          .isInstanceOf(UserInputException.class)
          .hasMessage("a damaged shard");
    }
  }

  /** Matrices that are made ahead: each once, though nobody may ask for it; few wait at a time. */
  @Test
  void whatIsMadeAheadIsTakenOnceAndWaitsWithinItsRoom() throws Exception {
    AtomicInteger made = new AtomicInteger();
    Map<String, Callable<QuantizedBytes>> make = new LinkedHashMap<>();
    for (int i = 0; i < 40; i++) {
      float[] values = {i, 1, 2, 3};
      make.put(
          "m" + i,
          () -> {
            made.incrementAndGet();
            return QuantizedBytes.of(Quantization.INT8, "m", values, 2, 2);
          });
    }
    long each = make.get("m0").call().bytes();
    made.set(0);
    try (ReadAhead ahead = new ReadAhead(make, 3, 5 * each)) {
      for (int i = 0; i < 40; i++) {
        QuantizedBytes found = ahead.take("m" + i).orElseThrow();
        assertThat(made.get()).isBetween(i + 1, i + 1 + 6 + 3);
        assertThat(found.data()).isEqualTo(make.get("m" + i).call().data());
        made.decrementAndGet();
        assertThat(ahead.take("m" + i)).isEmpty();
      }
    }
    assertThat(made).hasValue(40);
  }

  /** Numbers of a checkpoint in bf16, most of all those with an odd place in their file. */
  @Test
  void numbersStoredAsTheyAreComputedWithKeepTheirBits(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("w.safetensors");
    float[] values = {1.5f, -0f, 0x1p-133f, -3.0e38f, 0.1f, 7};
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.add("odd", Dtype.U8, List.of(1L), out -> out.write(ByteBuffer.allocate(1)));
    writer.add("w", Dtype.BF16, List.of(3L, 2L), out -> out.write(narrow(values)));
    writer.write(file);
    DecoderOptions bf16 = DecoderOptions.standard().with(ComputeType.BFLOAT16);
    try (Program copy = Program.compile(new Script("Copy", COPY));
        Safetensors files = Safetensors.open(file);
        Scope scope = new Scope()) {
      Tensor found =
          new CheckpointSource(files, Optional.empty(), bf16, copy)
              .computed(TensorSpec.of("w", 3, 2), ComputeDevice.CPU);
      float[] wide = copy.call(scope, "wide", scope.own(found)).get(0).toFloats();
      assertThat(wide).isEqualTo(files.tensor("w").floats());
      assertThat(wide[2]).isEqualTo(0x1p-133f);
    }
  }

  private static final String COPY =
      """
        def bring(self, tensors: List[Tensor], like: Tensor) -> List[Tensor]:
          copies = annotate(List[Tensor], [])
          for t in tensors:
            copies = copies + [torch.clone(t)]
          return copies

        def wide(self, x: Tensor) -> Tensor:
          return x.to(6)

      """;

  private static ByteBuffer narrow(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putShort(Floats.toBfloat(value));
    }
    return bytes.flip();
  }
}
