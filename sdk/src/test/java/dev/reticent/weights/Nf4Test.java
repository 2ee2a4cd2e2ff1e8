package dev.reticent.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reticent.format.Safetensors;
import dev.reticent.format.StoredTensor;
import dev.reticent.model.Golden;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class Nf4Test {
  /**
   * Appendix E: 8 quantiles of one half and 7 of the other half of N(0, 1), the outermost at
   * probability δ = 1 − (1/32 + 1/30)/2, evenly spaced down to 1/2; with 0; divided by the largest.
   */
  @Test
  void theSixteenValuesAreTheNormalQuantilesOfTheirDefinition() {
    double delta = 1 - 0.5 * (1.0 / 32 + 1.0 / 30);
    double[] expected = new double[16]; // one stays 0
    for (int i = 0; i < 8; i++) {
      expected[i] = quantile(delta + i * (0.5 - delta) / 8);
    }
    for (int i = 0; i < 7; i++) {
      expected[8 + i] = -quantile(delta + i * (0.5 - delta) / 7);
    }
    double largest = expected[0];
    Arrays.sort(expected);
    float[] values = Nf4.values();
    for (int i = 0; i < 16; i++) {
      // the published table was rounded from single precision probabilities
      assertThat((double) values[i]).isCloseTo(expected[i] / largest, within(3e-7));
    }
  }

  /**
   * The oracle file was written by bitsandbytes 0.50 on a CPU; see make_nf4_oracle.py. Its search
   * for the nearest scale code is approximate: within 1e-5 of a tie it may take the other one.
   */
  @Test
  void codesScalesAndWeightsAreThoseOfBitsandbytes() {
    try (Safetensors oracle = Safetensors.open(Golden.folder("nf4.safetensors"))) {
      float[] values = oracle.tensor("values").floats();
      QuantizedMatrix matrix = Nf4.quantize(values, 150, 124);
      assertThat(Nf4.values()).isEqualTo(oracle.tensor("code").floats());
      assertThat(Nf4.scaleValues()).isEqualTo(oracle.tensor("code2").floats());
      assertThat(matrix.packed()).isEqualTo(bytes(oracle.tensor("packed")));
      assertThat(matrix.offset()).isCloseTo(oracle.tensor("offset").floats()[0], within(1e-6f));
      assertClose(matrix.absmax2(), oracle.tensor("absmax2").floats(), 0, 2, 1e-6f);
      byte[] scales = bytes(oracle.tensor("absmax_codes"));
      float[] expected = oracle.tensor("dequantized").floats();
      float[] found = Nf4.dequantize(matrix);
      assertThat(found).hasSameSizeAs(expected);
      int ties = 0;
      for (int b = 0; b < scales.length; b++) {
        if (scales[b] == matrix.absmaxCodes()[b]) {
          assertClose(found, expected, b * 64, Math.min(found.length, b * 64 + 64), 3e-6f);
        } else {
          ties++;
        }
      }
      assertThat(ties).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void everyWeightTakesTheNearestValueOfItsBlock() {
    SplittableRandom random = new SplittableRandom(3);
    float[] weights = new float[64 * 4000];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = i % 64 == 0 ? 1 : (float) random.nextDouble(-1, 1); // every block scaled by 1
    }
    for (int i = 0; i < 15; i++) { // and at the bounds between values
      float bound = (Nf4.values()[i] + Nf4.values()[i + 1]) / 2;
      weights[65 + 3 * i] = Math.nextDown(bound);
      weights[66 + 3 * i] = bound;
      weights[67 + 3 * i] = Math.nextUp(bound);
    }
    QuantizedMatrix matrix = Nf4.quantize(weights, 4000, 64);
    double worst = 0;
    for (int i = 0; i < weights.length; i++) {
      int pair = matrix.packed()[i / 2];
      int code = (i % 2 == 0 ? pair >> 4 : pair) & 15;
      double error = Math.abs((double) Nf4.values()[code] - weights[i]);
      for (float value : Nf4.values()) {
        worst = Math.max(worst, error - Math.abs((double) value - weights[i]));
      }
    }
    assertThat(worst).isLessThan(1e-7);
  }

  /** Also at the bounds between values, and at the edges of what may come. */
  @Test
  void everyScaleTakesTheNearestValueOfItsCode() {
    float[] values = Nf4.scaleValues();
    SplittableRandom random = new SplittableRandom(4);
    List<Float> tried = new ArrayList<>(List.of(-1f, -0f, 0f, 1f));
    for (int i = 0; i < 255; i++) {
      float bound = (values[i] + values[i + 1]) / 2;
      tried.addAll(List.of(Math.nextDown(bound), bound, Math.nextUp(bound)));
    }
    for (int i = 0; i < 2000; i++) {
      tried.add((float) (random.nextDouble(-1, 1) * Math.pow(10, -random.nextDouble(8))));
    }
    for (float x : tried) {
      int nearest = 0;
      while (nearest < 255 && (values[nearest] + values[nearest + 1]) / 2 < x) {
        nearest++;
      }
      assertThat(DynamicCode.encode(x)).as("of %s", x).isEqualTo(nearest);
    }
  }

  @Test
  void aWeightCostsLessThanFourPointTwoBits() {
    QuantizedMatrix matrix = Nf4.quantize(new float[512 * 512], 512, 512);
    assertThat(8.0 * matrix.bytes() / (512 * 512)).isLessThan(4.13);
  }

  @Test
  void zerosStayZerosAndSizesNeedNotFitBlocks() {
    assertThat(Nf4.dequantize(Nf4.quantize(new float[65], 5, 13))).containsOnly(0f);
    assertThat(Nf4.dequantize(Nf4.quantize(new float[0], 0, 13))).isEmpty();
    float[] constant = new float[67];
    Arrays.fill(constant, -2.5f);
    assertThat(Nf4.dequantize(Nf4.quantize(constant, 67, 1))).containsOnly(-2.5f);
  }

  @Test
  void weightsThatAreNotFiniteAreRefused() {
    assertThatThrownBy(() -> Nf4.quantize(new float[] {1, Float.NaN}, 1, 2))
        .hasMessageContaining("weight 1");
    assertThatThrownBy(() -> Nf4.quantize(new float[3], 1, 2)).hasMessageContaining("found 3");
  }

  private static void assertClose(float[] found, float[] expected, int from, int to, float by) {
    for (int i = from; i < to; i++) {
      assertThat(found[i]).isCloseTo(expected[i], within(by));
    }
  }

  private static byte[] bytes(StoredTensor tensor) {
    byte[] bytes = new byte[(int) tensor.bytes()];
    tensor.buffer().get(bytes);
    return bytes;
  }

  /** Inverse of the normal distribution function by bisection. */
  private static double quantile(double p) {
    double low = -10;
    double high = 10;
    for (int i = 0; i < 200; i++) {
      double middle = (low + high) / 2;
      if (distribution(middle) < p) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Φ(x) = 1/2 + φ(x) · Σ x^(2k+1) / (1·3·5···(2k+1)). */
  private static double distribution(double x) {
    double term = x;
    double sum = x;
    for (int k = 1; k < 300; k++) {
      term *= x * x / (2 * k + 1);
      sum += term;
    }
    return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }
}
