package dev.reticent.training;

import dev.reticent.engine.ComputeDevice;

/** Where the gradients of a step are added up; the sum has the same bits in either place. */
enum SumPlace {
  /** On cards where they are, since bringing them over takes longer than adding them. */
  NEAREST,
  HOST,
  DEVICE;

  boolean onDevice(ComputeDevice device) {
    return this == DEVICE || (this == NEAREST && !device.onHost());
  }
}
