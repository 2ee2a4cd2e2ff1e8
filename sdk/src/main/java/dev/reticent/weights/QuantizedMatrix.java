package dev.reticent.weights;

import dev.reticent.api.Internal;

/**
 * A matrix [rows, columns] in 4 bits a weight, its block scales in 8; see {@link Nf4}.
 *
 * <p>Weights are taken row-major as one sequence w, cut into blocks of 64, and these into groups of
 * 256. With V the 16 values of NF4 and D the 256 of the scale code,
 *
 * <pre>w[i] ≈ V[code i] · scale(i / 64),   scale(b) = D[absmaxCodes[b]] · absmax2[b / 256] + offset
 * </pre>
 *
 * @param packed two codes a byte, the first in the upper four bits; rows·columns/2 bytes, rounded
 *     up
 * @param absmaxCodes one unsigned byte for each block
 * @param absmax2 one scale for each group of blocks
 * @param offset the mean of all block scales
 */
@Internal
@SuppressWarnings("ArrayRecordComponent") // handed to the engine as they are; never compared
public record QuantizedMatrix(
    int rows, int columns, byte[] packed, byte[] absmaxCodes, float[] absmax2, float offset) {

  public QuantizedMatrix {
    long n = (long) rows * columns;
    long blocks = (n + Nf4.BLOCK - 1) / Nf4.BLOCK;
    require("packed", (n + 1) / 2, packed.length);
    require("absmaxCodes", blocks, absmaxCodes.length);
    require("absmax2", (blocks + Nf4.GROUP - 1) / Nf4.GROUP, absmax2.length);
  }

  /** Bytes of the weights and all their scales. */
  public long bytes() {
    return packed.length + absmaxCodes.length + 4L * absmax2.length + 4;
  }

  private static void require(String name, long expected, int found) {
    if (expected != found) {
      throw new IllegalArgumentException(
          name + ": expected " + expected + " elements, found " + found);
    }
  }
}
