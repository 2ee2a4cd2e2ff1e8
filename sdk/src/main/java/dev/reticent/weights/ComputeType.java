package dev.reticent.weights;

import dev.reticent.engine.ComputeDevice;

/**
 * The type of weights and activations, in which layers compute. LoRA weights, norms, sums and noise
 * are fp32 or wider whatever is chosen here.
 */
public enum ComputeType {
  FLOAT32(4, 0x1p-23),
  BFLOAT16(2, 0x1p-7);

  private final int bytes;
  private final double epsilon;

  ComputeType(int bytes, double epsilon) {
    this.bytes = bytes;
    this.epsilon = epsilon;
  }

  /** Bytes of a value. */
  public int bytes() {
    return bytes;
  }

  /** The distance from 1 to the next number of the type. */
  public double epsilon() {
    return epsilon;
  }

  /**
   * The type inside a layer that is trained on a device: fp32 instead of bf16 where the host's
   * processor multiplies that slower. Weights and what lies between layers stay in this type.
   */
  public ComputeType inside(ComputeDevice device) {
    return device.kind().equals("cpu") && Processor.own().slowInBfloat16() ? FLOAT32 : this;
  }
}
