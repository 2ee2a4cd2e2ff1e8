package dev.reticent.engine;

import ai.djl.ndarray.types.DataType;
import dev.reticent.api.Internal;

/** The element types that may cross the border between the host and a tensor. */
@Internal
public enum ElementType {
  FLOAT32(DataType.FLOAT32, 4),
  FLOAT64(DataType.FLOAT64, 8),
  INT8(DataType.INT8, 1),
  UINT8(DataType.UINT8, 1),
  INT32(DataType.INT32, 4),
  INT64(DataType.INT64, 8);

  private final DataType djl;
  private final int bytes;

  ElementType(DataType djl, int bytes) {
    this.djl = djl;
    this.bytes = bytes;
  }

  /** Size of one element in bytes. */
  public int bytes() {
    return bytes;
  }

  DataType toDjl() {
    return djl;
  }
}
