package dev.reticent.weights;

/**
 * A matrix in eight bits a weight: W[i,j] ≈ scales[i] · data[i,j] with scales[i] = max|W[i,·]|/127.
 *
 * @param data [rows, columns], row-major
 * @param scales [rows]
 */
@SuppressWarnings("ArrayRecordComponent") // raw storage, compared by nobody
record Int8Matrix(int rows, int columns, byte[] data, float[] scales) {

  static Int8Matrix quantize(float[] values, int rows, int columns) {
    byte[] data = new byte[values.length];
    float[] scales = new float[rows];
    for (int i = 0; i < rows; i++) {
      float largest = 0;
      for (int j = 0; j < columns; j++) {
        largest = Math.max(largest, Math.abs(values[i * columns + j]));
      }
      scales[i] = largest / 127;
      float inverse = largest == 0 ? 0 : 127 / largest;
      for (int j = 0; j < columns; j++) {
        data[i * columns + j] = (byte) Math.round(values[i * columns + j] * inverse);
      }
    }
    return new Int8Matrix(rows, columns, data, scales);
  }
}
