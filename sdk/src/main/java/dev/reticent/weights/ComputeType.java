package dev.reticent.weights;

import dev.reticent.engine.ComputeDevice;

/**
 * The type of weights and activations, in which layers compute. LoRA weights, norms, sums and noise
 * are fp32 or wider whatever is chosen here.
 */
public enum ComputeType {
  FLOAT32(4),
  BFLOAT16(2);

  private final int bytes;

  ComputeType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of a value. */
  public int bytes() {
    return bytes;
  }

  /**
   * The type inside a layer that is trained on a device: fp32 instead of bf16 where the host's
   * processor multiplies that slower. Weights and what lies between layers stay in this type.
   */
  public ComputeType inside(ComputeDevice device) {
    return device.kind().equals("cpu") && Processor.own().slowInBfloat16() ? FLOAT32 : this;
  }
}
