package dev.reticent.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Program;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.format.TensorSpec;
import dev.reticent.weights.Nf4;
import dev.reticent.weights.Processor;
import dev.reticent.weights.Quantization;
import dev.reticent.weights.QuantizedBytes;
import dev.reticent.weights.RandomSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The kernels for cards, run on the host: the same source, compiled as C++, behind the same
 * operators, called by the same script.
 */
class Nf4KernelsTest {

  private static final ComputeDevice CPU = ComputeDevice.CPU;

  @TempDir static Path folder;

  @BeforeAll
  static void compileForTheHost() throws IOException {
    HostKernels.install(folder);
  }

  private static List<Tensor> weights(int rows, int columns) {
    float[] values = RandomSource.values(TensorSpec.of("w", rows, columns));
    float[] pairs = new float[512];
    for (int b = 0; b < 256; b++) {
      pairs[2 * b] = Nf4.values()[b >> 4];
      pairs[2 * b + 1] = Nf4.values()[b & 15];
    }
    List<Tensor> w = new ArrayList<>();
    w.add(Tensor.of(CPU, pairs, 256, 2));
    w.add(Tensor.of(CPU, Nf4.scaleValues(), 256));
    w.addAll(QuantizedBytes.of(Quantization.NF4, "w", values, rows, columns).tensors(CPU));
    w.add(Tensor.absent(CPU));
    return w;
  }

  private static Program program(DecoderProgram.Cards cards) {
    ModelConfig config = ModelConfig.read(Golden.folder("mistral-tiny"));
    return DecoderProgram.lease(config, Processor.own(), cards).program();
  }

  /** Also where a matrix is too odd for the kernel, and over one and several groups of scales. */
  @ParameterizedTest
  @CsvSource({"1, 64", "8, 200", "1030, 2048", "37, 704"})
  void theMatrixHasTheBitsOfTheScripts(int rows, int columns) {
    List<Tensor> w = weights(rows, columns);
    try (Scope scope = new Scope()) {
      w.forEach(scope::own);
      Tensor like = bfloat16(scope, new float[1], 1);
      List<float[]> found = new ArrayList<>();
      for (DecoderProgram.Cards cards : DecoderProgram.Cards.values()) {
        Tensor m = program(cards).call(scope, "weight", w, 2, like).get(0);
        found.add(widened(scope, m));
      }
      assertThat(found.get(1)).isEqualTo(found.get(0)).hasSize(rows * columns);
    }
  }

  /**
   * Also where pieces of the inputs do not go four at a time, and for more than all warps take at
   * once.
   */
  @ParameterizedTest
  @ValueSource(ints = {2112, 2304})
  void fewRowsAreMultipliedStraightFromTheCodes(int in) {
    int out = 19;
    List<Tensor> w = weights(out, in);
    ModelConfig config = ModelConfig.read(Golden.folder("mistral-tiny"));
    try (Scope scope = new Scope();
        AdapterTensors none = AdapterTensors.none(config, CPU)) {
      w.forEach(scope::own);
      for (int rows : new int[] {1, 3, 8, 9, 16, 21}) {
        Tensor x =
            bfloat16(scope, RandomSource.values(TensorSpec.of("x" + rows, rows, in)), rows, 1, in);
        Tensor product =
            program(DecoderProgram.Cards.EVERYWHERE)
                .call(scope, "affine", x, w, 2, none.head(), 0)
                .get(0);
        float[] y = widened(scope, product);
        Tensor like = scope.own(Tensor.of(CPU, new float[1], 1));
        float[] m =
            program(DecoderProgram.Cards.THEIR_OWN)
                .call(scope, "weight", w, 2, like)
                .get(0)
                .toFloats();
        float[] given = widened(scope, x);
        assertThat(y).hasSize(rows * out);
        for (int r = 0; r < rows; r++) {
          for (int o = 0; o < out; o++) {
            double sum = 0;
            double size = 0;
            for (int k = 0; k < in; k++) {
              double term = (double) m[o * in + k] * given[r * in + k];
              sum += term;
              size += term * term;
            }
            // A rounding to bf16, that of each code, and sums in fp32.
            assertThat((double) y[r * out + o])
                .isCloseTo(sum, within(Math.abs(sum) * 0x1p-8 + Math.sqrt(size) * 0x1p-8));
          }
        }
      }
    }
  }

  private static Tensor bfloat16(Scope scope, float[] values, long... shape) {
    Tensor wide = scope.own(Tensor.of(CPU, values, shape));
    return program(DecoderProgram.Cards.THEIR_OWN).call(scope, "bfloat16", wide).get(0);
  }

  private static float[] widened(Scope scope, Tensor narrow) {
    return program(DecoderProgram.Cards.THEIR_OWN).call(scope, "float32", narrow).get(0).toFloats();
  }
}
