package dev.reticent.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NonFiniteTest {
  private static final int VALUES = 203; // no multiple of the values in eight bytes

  /** The oracle is one value after another, widened. */
  @ParameterizedTest
  @EnumSource(
      value = Dtype.class,
      names = {"F64", "F32", "F16", "BF16", "F8_E4M3"})
  void theFirstValueIsFoundWhereverItStands(Dtype dtype) {
    Random random = new Random(7);
    for (int trial = 0; trial < 500; trial++) {
      ByteBuffer bytes = ByteBuffer.allocate(VALUES * dtype.bytes());
      random.nextBytes(bytes.array());
      bytes.order(ByteOrder.LITTLE_ENDIAN);
      int from = random.nextInt(VALUES);
      int expected = from;
      while (expected < VALUES && Double.isFinite(value(bytes, dtype, expected))) {
        expected++;
      }
      OptionalLong found = NonFinite.first(bytes, from * dtype.bytes(), dtype);
      assertThat(found.isPresent()).isEqualTo(expected < VALUES);
      found.ifPresent(at -> assertThat(at % dtype.bytes()).isZero());
      assertThat(found.orElse((long) VALUES * dtype.bytes()))
          .isEqualTo((long) expected * dtype.bytes());
    }
  }

  private static double value(ByteBuffer bytes, Dtype dtype, int index) {
    return switch (dtype) {
      case F64 -> bytes.getDouble(8 * index);
      case F32 -> bytes.getFloat(4 * index);
      case F16 -> Floats.fromHalf(bytes.getShort(2 * index));
      case BF16 -> Floats.fromBfloat(bytes.getShort(2 * index));
      default -> Floats.fromE4m3(bytes.get(index));
    };
  }

  @ParameterizedTest
  @EnumSource(
      value = Dtype.class,
      names = {"I64", "I32", "I16", "I8", "U8", "BOOL"})
  void wholeNumbersAreAllFinite(Dtype dtype) {
    ByteBuffer bytes = ByteBuffer.allocate(64);
    for (int i = 0; i < 64; i++) {
      bytes.put(i, (byte) 0xFF);
    }
    assertThat(NonFinite.first(bytes, 0, dtype)).isEmpty();
  }
}
