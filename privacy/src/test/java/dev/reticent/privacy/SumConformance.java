package dev.reticent.privacy;

import static dev.reticent.privacy.ConformanceFixtures.C;
import static dev.reticent.privacy.ConformanceFixtures.CLIPPINGS;
import static dev.reticent.privacy.ConformanceFixtures.accumulator;
import static dev.reticent.privacy.ConformanceFixtures.device;
import static dev.reticent.privacy.ConformanceFixtures.distance;
import static dev.reticent.privacy.ConformanceFixtures.norm;
import static dev.reticent.privacy.ConformanceFixtures.part;
import static dev.reticent.privacy.ConformanceFixtures.rows;
import static dev.reticent.privacy.ConformanceFixtures.rule;
import static dev.reticent.privacy.ConformanceFixtures.scaled;
import static dev.reticent.privacy.ConformanceFixtures.sum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What a clipped sum promises: its sensitivity, and the same bits however it was added up. */
final class SumConformance {

  private SumConformance() {}

  /** Sums equal a loop over batches of one that clips in double. */
  static void sumEqualsALoopOverSingleExamples() {
    float[][] rows = rows(37, 50, 1);
    for (double scale : new double[] {1e-3, 0.05, 10}) {
      float[][] scaled = scaled(rows, scale);
      double[] expected = new double[50];
      for (float[] row : scaled) {
        double factor = Math.min(1, C / norm(row)) * (1 - PartialAccumulator.MARGIN);
        for (int p = 0; p < 50; p++) {
          expected[p] += factor * row[p];
        }
      }
      double[] found = sum(new Clipping.Flat(C), scaled, 8, 1);
      assertThat(distance(found, expected)).isLessThan(1e-6 * norm(expected));
    }
  }

  /** One more example moves the sum by at most C, for every clipping and any size of example. */
  static void oneUnitMovesTheSumByAtMostC() {
    for (Clipping clipping : CLIPPINGS) {
      for (double scale : new double[] {1e-9, 0.01, 1, 7, 1e4, 1e15}) {
        for (int seed = 0; seed < 10; seed++) {
          float[][] with = rows(20, 30, seed);
          with[19] = scaled(new float[][] {with[19]}, scale)[0];
          float[][] without = Arrays.copyOf(with, 19);
          double moved = distance(sum(clipping, with, 7, 3), sum(clipping, without, 7, 3));
          assertThat(moved).as("%s at %s", clipping, scale).isLessThanOrEqualTo(C);
          double alone = norm(sum(clipping, new float[][] {with[19]}, 1, 3));
          assertThat(alone).as("%s at %s", clipping, scale).isLessThanOrEqualTo(C);
        }
      }
    }
  }

  static void clippingByLayerBoundsEachLayer() {
    double[][] weights = new Clipping.PerLayer(C).weights(new double[][] {{4}, {1e-6}});
    assertThat(weights[0][0] * 2).isCloseTo(C / Math.sqrt(2), within(1e-12));
    assertThat(weights[1][0]).isEqualTo(1);
  }

  static void exampleThatIsNotFiniteContributesZero() {
    for (Clipping clipping : CLIPPINGS) {
      float[][] rows = rows(6, 10, 2);
      double[] without = sum(clipping, rows, 3, 2);
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
        float[][] with = Arrays.copyOf(rows, 7);
        with[6] = new float[10];
        with[6][4] = bad;
        assertThat(sum(clipping, with, 3, 2)).isEqualTo(without);
      }
    }
  }

  /** 12 settings: four orders of the same micro-batches, added by one, two and four workers. */
  static void sumHasTheSameBitsInAnyOrderOnAnyWorkers() {
    float[][] rows = rows(64, 40, 3);
    double[] expected = null;
    for (int order = 0; order < 4; order++) {
      for (int workers : new int[] {1, 2, 4}) {
        double[] found = sum(new Clipping.Flat(C), rows, 8, 1, order, workers);
        expected = expected == null ? found : expected;
        assertThat(found).isEqualTo(expected);
      }
    }
  }

  /** Rows on a coarse grid sum without fp32 rounding, so their micro-batches do not matter. */
  static void sumDoesNotDependOnTheMicroBatches() {
    float[][] rows = rows(48, 20, 4);
    for (float[] row : rows) {
      for (int p = 0; p < row.length; p++) {
        row[p] = Math.round(row[p] * 4) * 0x1p-12f;
      }
    }
    double[] expected = sum(new Clipping.Flat(C), rows, 48, 1);
    for (int size : new int[] {1, 2, 3, 5, 7, 8, 16, 31}) {
      assertThat(sum(new Clipping.Flat(C), rows, size, 1)).isEqualTo(expected);
    }
  }

  static void everyUnitIsAddedExactlyOnce() {
    GradientAccumulator sum = accumulator(new int[] {2, 5}, 3);
    FakeGradients one = new FakeGradients(rows(1, 3, 5), 3, 1);
    sum.add(part(sum, new int[] {5}, one));
    assertThatThrownBy(() -> sum.add(part(sum, new int[] {5}, one)))
        .hasMessageContaining("already");
    assertThatThrownBy(() -> sum.add(part(sum, new int[] {3}, one)))
        .hasMessageContaining("not in this");
    assertThatThrownBy(() -> part(sum, new int[] {2, 3}, one)).hasMessageContaining("expected");
    assertThatThrownBy(sum::finish).hasMessageContaining("lacks 1");
    sum.add(part(sum, new int[] {2}, one));
    sum.finish();
    assertThatThrownBy(sum::finish).hasMessageContaining("already");
  }

  /** What is refused leaves every unit of it free, and the sum as it was. */
  static void unitsAreAllClaimedOrNone() {
    FakeGradients two = new FakeGradients(rows(2, 3, 5), 3, 1);
    PartialAccumulator part =
        new SumRule(0, new Clipping.Flat(C), PrivateCurve.NONE, 3).accumulator();
    assertThatThrownBy(() -> part.add(new int[] {0, 0}, two)).hasMessageContaining("already");
    part.add(new int[] {0, 1}, two);
    assertThatThrownBy(() -> part.add(new int[] {2, 1}, two)).hasMessageContaining("already");
    part.add(new int[] {2, 3}, two);
    assertThat(part.finish().units()).containsExactly(0, 1, 2, 3);

    FakeDeviceSum failing =
        new FakeDeviceSum() {
          private boolean failed;

          @Override
          public void add(FakeGradients gradients, Scaling scaling, double factor) {
            if (!failed) {
              failed = true;
              throw new IllegalStateException("no memory");
            }
            super.add(gradients, scaling, factor);
          }
        };
    DeviceAccumulator<FakeGradients> there = rule(3).accumulator(failing);
    assertThatThrownBy(() -> there.add(new int[] {0, 1}, 1, two)).hasMessage("no memory");
    there.add(new int[] {0, 1}, 1, two);
    assertThatThrownBy(() -> there.add(new int[] {2, 1}, 1, two)).hasMessageContaining("already");
    assertThatThrownBy(() -> there.add(new int[] {2, 2}, 1, two)).hasMessageContaining("already");
    assertThat(there.finish().units()).containsExactly(0, 1);
    assertThatThrownBy(there::finish).hasMessageContaining("already");
    assertThatThrownBy(() -> there.add(new int[] {2, 3}, 1, two)).hasMessageContaining("finished");

    GradientAccumulator sum = accumulator(new int[] {0, 1, 2}, 3);
    assertThatThrownBy(() -> sum.add(part(sum, new int[] {0, 9}, two)))
        .hasMessageContaining("not in this");
    sum.add(part(sum, new int[] {0, 1}, two));
    assertThatThrownBy(() -> sum.add(part(sum, new int[] {2, 0}, two)))
        .hasMessageContaining("already");
    sum.add(part(sum, new int[] {2}, new FakeGradients(rows(1, 3, 5), 3, 1)));
    sum.finish();
  }

  static void partsAddUpInAnyOrder() {
    float[][] rows = rows(12, 9, 8);
    int[] units = new int[12];
    Arrays.setAll(units, i -> i);
    long[] expected = null;
    for (int[] ends : new int[][] {{12}, {5, 12}, {1, 2, 9, 12}}) {
      for (boolean backwards : new boolean[] {false, true}) {
        GradientAccumulator sum = accumulator(units, 9);
        List<PartialSum> parts = new ArrayList<>();
        int from = 0;
        for (int end : ends) {
          FakeGradients some = new FakeGradients(Arrays.copyOfRange(rows, from, end), 9, 1);
          parts.add(
              backwards ? 0 : parts.size(), part(sum, Arrays.copyOfRange(units, from, end), some));
          from = end;
        }
        parts.forEach(part -> sum.add(PartialSum.ofBytes(part.toBytes())));
        long[] found = sum.finish().take();
        expected = expected == null ? found : expected;
        assertThat(found).isEqualTo(expected);
      }
    }
  }

  /**
   * Whatever gradients say of their norms, a sum longer than n·C is refused, wherever it is made.
   */
  static void sumLongerThanItsUnitsCanMakeItIsRefused() {
    float[][] rows = rows(3, 4, 1);
    PerExampleGradients careless =
        new PerExampleGradients() {
          @Override
          public int count() {
            return 3;
          }

          @Override
          public int dimension() {
            return 4;
          }

          @Override
          public int groups() {
            return 1;
          }

          @Override
          public double[][] squaredNorms() {
            return new FakeGradients(rows, 4, 1).squaredNorms();
          }

          @Override
          public double[] wholeSum(double[][] weights) {
            return new double[] {0x1p40, 0, 0, 0};
          }
        };
    GradientAccumulator sum = accumulator(new int[] {0, 1, 2}, 4);
    assertThatThrownBy(() -> part(sum, new int[] {0, 1, 2}, careless))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("nothing is released");
    for (double wrong : new double[] {0x1p40, Double.NaN, Double.POSITIVE_INFINITY}) {
      DeviceAccumulator<FakeGradients> there =
          rule(4)
              .accumulator(
                  device(new DeviceSum.MicroBatch(new double[1][3], new double[3], wrong * wrong)));
      there.add(new int[] {0, 1, 2}, 1, new FakeGradients(rows, 4, 1));
      assertThatThrownBy(there::finish).hasMessageContaining("nothing is released");
    }
    PartialSum forged = new PartialSum(0, C, new int[] {0}, new long[] {1L << 40, 0, 0, 0});
    assertThatThrownBy(() -> sum.add(PartialSum.ofBytes(forged.toBytes())))
        .hasMessageContaining("nothing is released");
    assertThatThrownBy(sum::finish).hasMessageContaining("lacks 3");
  }

  static void deviceThatCountsOtherwiseIsRefused() {
    FakeGradients two = new FakeGradients(rows(2, 4, 5), 4, 1);
    DeviceSum.MicroBatch right = new DeviceSum.MicroBatch(new double[1][2], new double[2], 1);
    DeviceSum.MicroBatch more = new DeviceSum.MicroBatch(new double[1][3], new double[3], 1);
    for (List<DeviceSum.MicroBatch> wrong :
        List.<List<DeviceSum.MicroBatch>>of(List.of(), List.of(right, right), List.of(more))) {
      DeviceAccumulator<FakeGradients> there =
          rule(4).accumulator(device(wrong.toArray(DeviceSum.MicroBatch[]::new)));
      there.add(new int[] {0, 1}, 1, two);
      assertThatThrownBy(there::finish).isInstanceOf(IllegalStateException.class);
    }
    DeviceAccumulator<FakeGradients> there = rule(5).accumulator(device(right));
    there.add(new int[] {0, 1}, 1, two);
    assertThatThrownBy(there::finish).hasMessageContaining("of 4 coordinates");
    assertThat(rule(4).accumulator(new FakeDeviceSum()).finish().coordinates()).isEqualTo(4);
  }

  static void sumsOfAnotherRuleAreRefused() {
    GradientAccumulator sum = accumulator(new int[] {0}, 2);
    for (SumRule other :
        List.of(
            new SumRule(1, new Clipping.Flat(C), PrivateCurve.NONE, 2),
            new SumRule(0, new Clipping.Flat(2 * C), PrivateCurve.NONE, 2),
            new SumRule(0, new Clipping.Flat(C), PrivateCurve.NONE, 3),
            new SumRule(0, new Clipping.Flat(C), new PrivateCurve(0.1, 5), 2))) {
      PartialAccumulator part = other.accumulator();
      part.add(
          new int[] {0}, new FakeGradients(rows(1, other.dimension(), 5), other.dimension(), 1));
      assertThatThrownBy(() -> sum.add(part.finish())).hasMessageContaining("expected a sum");
    }
  }

  /** Partial sums cross as bytes, exactly or not at all. */
  static void partialSumsCrossExactlyOrNotAtAll() {
    Random random = new Random(4);
    for (int size : new int[] {0, 1, 1023, 1024, 1025, 5000}) {
      long[] values = new long[size];
      for (int i = 0; i < size; i++) {
        values[i] = random.nextLong() >> random.nextInt(64);
      }
      if (size > 1) {
        values[0] = Long.MIN_VALUE;
        values[1] = Long.MAX_VALUE;
      }
      byte[] bytes = new PartialSum(7, C, new int[] {3, 9}, values.clone()).toBytes();
      PartialSum back = PartialSum.ofBytes(bytes);
      assertThat(back.step()).isEqualTo(7);
      assertThat(back.clipNorm()).isEqualTo(C);
      assertThat(back.units()).containsExactly(3, 9);
      assertThat(back.take()).isEqualTo(values);
      for (int cut : new int[] {0, 3, bytes.length / 2, bytes.length - 1}) {
        assertThatThrownBy(() -> PartialSum.ofBytes(Arrays.copyOf(bytes, cut)))
            .isInstanceOf(IllegalArgumentException.class);
        byte[] changed = bytes.clone();
        changed[cut] ^= 4;
        assertThatThrownBy(() -> PartialSum.ofBytes(changed))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }
}
