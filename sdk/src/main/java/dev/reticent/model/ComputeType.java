package dev.reticent.model;

/**
 * The type in which layers compute. LoRA weights, norms, sums and noise are fp32 or wider whatever
 * is chosen here.
 */
public enum ComputeType {
  FLOAT32,
  BFLOAT16
}
