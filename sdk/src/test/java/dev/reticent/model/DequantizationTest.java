package dev.reticent.model;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The decoder's own dequantization against the one in Java, over one and several of its parts. */
class DequantizationTest {
  private static final ComputeDevice CPU = ComputeDevice.CPU;

  /** The output matrix applied to unit vectors, which the norm before it leaves as they are. */
  @ParameterizedTest
  @CsvSource({"1, 64", "3, 128", "8, 200", "1030, 2048", "5000, 640"})
  void aMatrixTimesUnitVectorsIsTheDequantizedMatrix(int rows, int columns) {
    float[] values = RandomSource.values(TensorSpec.of("w", rows, columns));
    float[] expected = Nf4.dequantize(Nf4.quantize(values, rows, columns));
    ModelConfig config = ModelConfig.read(Golden.folder("mistral-tiny"));
    float[] pairs = new float[512];
    for (int b = 0; b < 256; b++) {
      pairs[2 * b] = Nf4.values()[b >> 4];
      pairs[2 * b + 1] = Nf4.values()[b & 15];
    }
    float[] norm = new float[columns];
    Arrays.fill(norm, (float) Math.sqrt(1.0 / columns + config.architecture().norms().epsilon()));
    float[] units = new float[columns * columns];
    for (int i = 0; i < columns; i++) {
      units[i * columns + i] = 1;
    }
    List<Tensor> w = new ArrayList<>();
    w.add(Tensor.of(CPU, pairs, 256, 2));
    w.add(Tensor.of(CPU, Nf4.scaleValues(), 256));
    w.add(Tensor.of(CPU, norm, columns));
    w.addAll(QuantizedBytes.of(Quantization.NF4, "w", values, rows, columns).tensors(CPU));
    w.add(Tensor.absent(CPU));
    try (Scope scope = new Scope();
        AdapterTensors none = AdapterTensors.none(config, CPU)) {
      w.forEach(scope::own);
      Tensor h = scope.own(Tensor.of(CPU, units, 1, columns, columns));
      Program program = DecoderProgram.lease(config, Processor.own()).program();
      Tensor found = program.call(scope, "all_logits", h, w, none.head()).get(0);
      float[] transposed = found.toFloats();
      float worst = 0;
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          worst = Math.max(worst, Math.abs(transposed[j * rows + i] - expected[i * columns + j]));
        }
      }
      assertThat(worst).isLessThan(1e-6f);
    }
  }
}
