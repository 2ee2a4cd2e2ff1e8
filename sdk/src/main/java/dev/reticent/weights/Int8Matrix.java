package dev.reticent.weights;

import dev.reticent.format.StoredTensor;
import java.util.stream.IntStream;

/**
 * A matrix in eight bits a weight: W[i,j] ≈ scales[i] · data[i,j] with scales[i] = max|W[i,·]|/127.
 *
 * @param data [rows, columns], row-major
 * @param scales [rows]
 */
@SuppressWarnings("ArrayRecordComponent") // raw storage, compared by nobody
record Int8Matrix(int rows, int columns, byte[] data, float[] scales) {

  static Int8Matrix quantize(StoredTensor.Values values, int rows, int columns) {
    byte[] data = new byte[Math.multiplyExact(rows, columns)];
    float[] scales = new float[rows];
    IntStream.range(0, rows)
        .parallel()
        .forEach(
            i -> {
              float[] row = new float[columns];
              values.read(i * columns, row, columns);
              float largest = 0;
              for (float value : row) {
                largest = Math.max(largest, Math.abs(value));
              }
              scales[i] = largest / 127;
              float inverse = largest == 0 ? 0 : 127 / largest;
              for (int j = 0; j < columns; j++) {
                data[i * columns + j] = (byte) Math.round(row[j] * inverse);
              }
            });
    return new Int8Matrix(rows, columns, data, scales);
  }
}
