package dev.reticent.format;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A matrix in MXFP4 (OCP Microscaling Formats 1.0): 4-bit floats, two a byte with the first in the
 * lower half, and for each 32 of a row a power of two. As bf16 they are exact.
 */
final class Mxfp4Tensor extends StoredTensor {
  private static final int BLOCK = 32;
  private static final int BIAS = 127;
  private static final float[] VALUES = {
    0, 0.5f, 1, 1.5f, 2, 3, 4, 6, -0.0f, -0.5f, -1, -1.5f, -2, -3, -4, -6
  };

  private final StoredTensor blocks;
  private final StoredTensor scales;

  /**
   * @param blocks U8, any number of dimensions before [blocks of a row, 16]
   * @param scales U8, the same without the last
   */
  Mxfp4Tensor(String name, StoredTensor blocks, StoredTensor scales) {
    super(
        blocks.file(),
        blocks.channel,
        name,
        Dtype.BF16,
        List.of(scales.elements() / last(scales), BLOCK * last(scales)),
        0,
        2 * BLOCK * scales.elements());
    this.blocks = blocks;
    this.scales = scales;
  }

  private static long last(StoredTensor tensor) {
    return tensor.shape().get(tensor.shape().size() - 1);
  }

  @Override
  public boolean isPlain() {
    return false;
  }

  @Override
  public ByteBuffer buffer(long from, int length) {
    throw new UnsupportedOperationException(name() + " is not stored as it is meant");
  }

  @Override
  public float[] floats(long from, int count) {
    long first = from / BLOCK;
    int number = (int) ((from + count - 1) / BLOCK - first + 1);
    ByteBuffer codes = blocks.buffer(first * BLOCK / 2, number * BLOCK / 2);
    ByteBuffer exponents = scales.buffer(first, number);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      int at = (int) (from - first * BLOCK) + i;
      int both = codes.get(at / 2);
      int code = at % 2 == 0 ? both & 15 : both >> 4 & 15;
      values[i] = Math.scalb(VALUES[code], (exponents.get(at / BLOCK) & 255) - BIAS);
    }
    return values;
  }
}
