package dev.reticent.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.EngineFailure;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.privacy.Clipping;
import dev.reticent.privacy.DeviceAccumulator;
import dev.reticent.privacy.PartialAccumulator;
import dev.reticent.privacy.PrivateCurve;
import dev.reticent.privacy.SumRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The sums of an engine, beside those of the host, on numbers that no model gives. */
class EngineSumTest {

  private static final ComputeDevice CPU = ComputeDevice.CPU;

  /** Gradients of two groups, the first of two matrices. */
  private static EngineGradients gradients(Scope scope, float[][] rows, int[] widths) {
    List<Tensor> tensors = new ArrayList<>();
    int from = 0;
    for (int width : widths) {
      float[] values = new float[rows.length * width];
      for (int i = 0; i < rows.length; i++) {
        System.arraycopy(rows[i], from, values, i * width, width);
      }
      tensors.add(scope.own(Tensor.of(CPU, values, rows.length, width)));
      from += width;
    }
    Tensor losses = scope.own(Tensor.of(CPU, new float[rows.length], rows.length));
    List<List<Tensor>> groups = List.of(tensors.subList(0, 2), tensors.subList(2, 3));
    return new EngineGradients(CPU, scope, new Trainable.Gradients(losses, groups), rows.length);
  }

  private static byte[] onHost(SumRule rule, float[][]... microBatches) {
    PartialAccumulator sum = rule.accumulator();
    each(microBatches, (units, gradients) -> sum.add(units, gradients));
    return sum.finish().toBytes();
  }

  private static byte[] onDevice(SumRule rule, float[][]... microBatches) {
    try (EngineSum engine = new EngineSum(CPU)) {
      DeviceAccumulator<EngineGradients> sum = rule.accumulator(engine);
      each(microBatches, (units, gradients) -> sum.add(units, 2, gradients));
      return sum.finish().toBytes();
    }
  }

  private interface Add {
    void to(int[] units, EngineGradients gradients);
  }

  private static void each(float[][][] microBatches, Add add) {
    int next = 0;
    for (float[][] rows : microBatches) {
      try (Scope scope = new Scope()) {
        int from = next;
        next += rows.length;
        add.to(IntStream.range(from, next).toArray(), gradients(scope, rows, new int[] {2, 1, 3}));
      }
    }
  }

  private static SumRule rule(double clipNorm) {
    return new SumRule(0, new Clipping.Flat(clipNorm), PrivateCurve.NONE, 6);
  }

  @Test
  void roundingIsThatOfTheHost() {
    Random random = new Random(5);
    for (double clipNorm : new double[] {0x1p-20, 0.3, 0x1p40}) {
      float[][] rows = new float[40][6];
      for (float[] row : rows) {
        for (int p = 0; p < row.length; p++) {
          // Many are halves of the grid's unit, where rounding has to choose.
          row[p] = (float) ((random.nextInt(2000) - 1000) / 2.0 * clipNorm * 0x1p-36);
        }
        row[random.nextInt(6)] = (float) (random.nextGaussian() * clipNorm);
      }
      rows[7] = new float[] {Float.NaN, 1, 1, 1, 1, 1};
      rows[8] = new float[] {1, Float.POSITIVE_INFINITY, 1, 1, 1, 1};
      rows[9] = new float[] {Float.MAX_VALUE, -Float.MAX_VALUE, 0, -0f, Float.MIN_VALUE, 0};
      rows[10] = new float[6];
      SumRule rule = rule(clipNorm);
      float[][] some = Arrays.copyOfRange(rows, 0, 25);
      float[][] others = Arrays.copyOfRange(rows, 25, 40);
      assertThat(onDevice(rule, some, others)).isEqualTo(onHost(rule, some, others));
    }
  }

  /** Gradients that are not those whose norms were given. */
  private static EngineGradients forged(Scope scope) {
    EngineGradients gradients = gradients(scope, new float[1][6], new int[] {2, 1, 3});
    float[] beyond = {-1e25f, 1e25f, 0};
    gradients.replace(1, List.of(scope.own(Tensor.of(CPU, beyond, 1, 3))));
    return gradients;
  }

  @Test
  void sumsThatNoClippedGradientsMakeAreRefusedInEitherPlace() {
    try (Scope scope = new Scope();
        EngineSum engine = new EngineSum(CPU)) {
      PartialAccumulator host = rule(1).accumulator();
      assertThatThrownBy(() -> host.add(new int[] {0}, forged(scope))).hasMessageContaining("2^53");
      DeviceAccumulator<EngineGradients> device = rule(1).accumulator(engine);
      device.add(new int[] {0}, 2, forged(scope));
      device.add(new int[] {1}, 2, forged(scope)); // twice what does not fit 64 bits is 0 there
      assertThatThrownBy(device::finish).hasMessageContaining("nothing is released");
    }
  }

  @Test
  void failedAdditionLeavesTheSumAsItWas() {
    SumRule rule = rule(1);
    float[][] rows = {{1, 2, 3, 4, 5, 6}, {6, 5, 4, 3, 2, 1}};
    byte[] expected = onDevice(rule, rows, rows);
    try (EngineSum engine = new EngineSum(CPU)) {
      DeviceAccumulator<EngineGradients> sum = rule.accumulator(engine);
      Consumer<int[]> add =
          units -> {
            try (Scope scope = new Scope()) {
              sum.add(units, 2, gradients(scope, rows, new int[] {2, 1, 3}));
            }
          };
      add.accept(new int[] {0, 1});
      try (Scope scope = new Scope()) {
        EngineGradients broken = gradients(scope, rows, new int[] {2, 1, 3});
        // Its last group has other rows than the norms, so that it fails when others are ready.
        List<Tensor> group = List.of(scope.own(Tensor.of(CPU, new float[9], 3, 3)));
        broken.replace(1, group);
        assertThatThrownBy(() -> sum.add(new int[] {2, 3}, 2, broken))
            .isInstanceOf(EngineFailure.class);
      }
      add.accept(new int[] {2, 3});
      assertThat(sum.finish().toBytes()).isEqualTo(expected);
    }
  }

  @Test
  void gradientsSideBySideHaveTheSameSum() {
    float[][] rows = new float[3][6];
    Random random = new Random(3);
    for (float[] row : rows) {
      for (int p = 0; p < row.length; p++) {
        row[p] = (float) random.nextGaussian();
      }
    }
    double[][] weights = {{0x1p30, 0, 3}, {1e9, 5, 0x1p20}};
    try (Scope scope = new Scope()) {
      EngineGradients apart = gradients(scope, rows, new int[] {2, 1, 3});
      EngineGradients again = gradients(scope, rows, new int[] {2, 1, 3});
      EngineGradients joined =
          new EngineGradients(
              CPU,
              scope,
              new Trainable.Gradients(again.lossTensor(), List.of(again.group(0), again.group(1))),
              3,
              true);
      assertThat(joined.group(0)).hasSize(1);
      assertThat(joined.wholeSum(weights)).isEqualTo(apart.wholeSum(weights));
      for (int g = 0; g < 2; g++) {
        for (int i = 0; i < 3; i++) {
          double norm = apart.squaredNorms()[g][i];
          assertThat(joined.squaredNorms()[g][i]).isCloseTo(norm, within(1e-5 * norm));
        }
      }
    }
  }

  @Test
  void longRowsAreAddedOneByOneToTheSameSum() {
    int width = (1 << 23) + 3;
    float[] values = new float[2 * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i * 7919 % 2001 - 1000) / 2f;
    }
    values[width + 5] = Float.NaN;
    try (Scope scope = new Scope()) {
      Tensor rows = scope.own(Tensor.of(CPU, values, 2, width));
      for (double[] w : new double[][] {{1, 0}, {3, 0}}) {
        Tensor weights = scope.own(Tensor.of(CPU, w, 1, 2));
        List<Tensor> found = SumProgram.wholeParts(scope, List.of(rows), weights, new long[] {0});
        long[] sum = found.get(0).toLongs();
        double squares = 0;
        for (int p = 0; p < width; p++) {
          double expected = Math.rint(values[p] * w[0]);
          squares += expected * expected;
          if (sum[p] != (long) expected) {
            assertThat(sum[p]).as("coordinate %d", p).isEqualTo((long) expected);
          }
        }
        assertThat(found.get(1).toDoubles()[0]).isCloseTo(squares, within(1e-9 * squares));
      }
    }
  }

  @Test
  void aSumOfNothingIsZeroWhateverTheLastStepLeft() {
    new PlainSum(new long[] {9, 9}).done();
    try (EnginePlainSum nothing = new EnginePlainSum(CPU, 2)) {
      float[] mean = {9, 9};
      nothing.take().mean(1, mean);
      assertThat(mean).containsOnly(0);
    }
  }

  @Test
  void whatLeavesTheGridIsNotANumberInEitherPlace() {
    float[][] microBatches = {
      {0.25f, 0x1p-51f, 3 * 0x1p-51f, Float.NaN, 0x1p12f, 0x1p11f, -0x1p12f, 1},
      {-1, 0x1p-51f, -0x1p-51f, 0, -0x1p12f, 0x1p12f, 0x1p13f, Float.NEGATIVE_INFINITY},
      {1e-30f, 5 * 0x1p-51f, 1, 1, 1, -0x1p12f, 1, Float.POSITIVE_INFINITY}
    };
    PlainSum host = new PlainSum(8);
    new PlainSum(new long[] {9, 9, 9, 9, 9, 9, 9, 9}).done(); // of a step before
    try (EnginePlainSum device = new EnginePlainSum(CPU, 8)) {
      for (int i = 0; i < microBatches.length; i++) {
        host.add(microBatches[i]);
        try (Scope scope = new Scope()) {
          Tensor first = scope.own(Tensor.of(CPU, Arrays.copyOf(microBatches[i], 3), 1, 3));
          Tensor rest = Tensor.of(CPU, Arrays.copyOfRange(microBatches[i], 3, 8), 1, 5);
          Tensor losses = scope.own(Tensor.of(CPU, new float[] {i, 2 * i}, 2));
          List<List<Tensor>> groups = List.of(List.of(first), List.of(), List.of(scope.own(rest)));
          assertThat(device.add(scope, new Trainable.Gradients(losses, groups))).isEqualTo(i);
        }
      }
      float[] expected = new float[8];
      host.mean(1, expected);
      float[] found = {9, 9, 9, 9, 9, 9, 9, 9};
      device.take().mean(1, found);
      assertThat(found).isEqualTo(expected).contains(Float.NaN).contains(-0.75f);
      assertThat(device.losses(2)).containsExactly(2, 4);
    }
  }
}
