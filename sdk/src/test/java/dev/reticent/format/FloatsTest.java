package dev.reticent.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FloatsTest {
  @Test
  void everyHalfHasTheValueOfItsDefinitionAndComesBack() {
    for (int bits = 0; bits <= 0xffff; bits++) {
      int exponent = bits >>> 10 & 31;
      int fraction = bits & 1023;
      double value =
          exponent == 0
              ? Math.scalb((double) fraction, -24)
              : exponent == 31
                  ? fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN
                  : Math.scalb(1024.0 + fraction, exponent - 25);
      float read = Floats.fromHalf((short) bits);
      assertThat(Double.valueOf(read)).isEqualTo(Double.valueOf(bits >>> 15 == 0 ? value : -value));
      if (!Float.isNaN(read)) {
        assertThat(Floats.toHalf(read)).isEqualTo((short) bits);
      }
    }
  }

  @Test
  void everyBfloatComesBack() {
    for (int bits = 0; bits <= 0xffff; bits++) {
      float value = Floats.fromBfloat((short) bits);
      if (Float.isNaN(value)) {
        assertThat(Floats.fromBfloat(Floats.toBfloat(value))).isNaN();
      } else {
        assertThat(Floats.toBfloat(value)).isEqualTo((short) bits);
      }
    }
  }

  @Test
  void narrowingTakesTheNearestAndOnTiesTheEvenOne() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 200_000; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      if (Float.isFinite(value)) {
        checkNearest(value, Floats.toBfloat(value), false);
        checkNearest(value, Floats.toHalf(value), true);
      }
    }
    for (int i = 0; i < 200_000; i++) { // values a half can hold, ties among them
      float value = Math.scalb((float) random.nextInt(1 << 13), random.nextInt(-26, 3));
      checkNearest(value, Floats.toHalf(value), true);
    }
  }

  private static void checkNearest(float value, short bits, boolean half) {
    double chosen = read(bits, half);
    if (Double.isInfinite(chosen)) { // the next finite step would have been the nearer one
      assertThat(Math.abs((double) value)).isGreaterThanOrEqualTo(half ? 65520 : 0x1.ffp127);
      return;
    }
    double error = Math.abs(value - chosen);
    for (int step : new int[] {-1, 1}) {
      double other = read((short) (bits + step), half);
      if (Double.isFinite(other) && (other < 0) == (chosen < 0)) {
        double otherError = Math.abs(value - other);
        assertThat(error).isLessThanOrEqualTo(otherError);
        if (error == otherError) {
          assertThat(bits & 1).isZero();
        }
      }
    }
  }

  private static double read(short bits, boolean half) {
    return half ? Floats.fromHalf(bits) : Floats.fromBfloat(bits);
  }

  /** Of the 256 values some by hand, from the definition (Micikevicius et al. 2022, table 1). */
  @Test
  void eightBitFloatsAreWhatTheirBitsSay() {
    assertThat(Floats.fromE4m3((byte) 0x00)).isZero();
    assertThat(Floats.fromE4m3((byte) 0x01)).isEqualTo(0x1p-9f);
    assertThat(Floats.fromE4m3((byte) 0x07)).isEqualTo(7 * 0x1p-9f);
    assertThat(Floats.fromE4m3((byte) 0x08)).isEqualTo(0x1p-6f);
    assertThat(Floats.fromE4m3((byte) 0x38)).isEqualTo(1f);
    assertThat(Floats.fromE4m3((byte) 0x3C)).isEqualTo(1.5f);
    assertThat(Floats.fromE4m3((byte) 0xB8)).isEqualTo(-1f);
    assertThat(Floats.fromE4m3((byte) 0x7E)).isEqualTo(448f);
    assertThat(Floats.fromE4m3((byte) 0x7F)).isNaN();
  }
}
