package dev.reticent.weights;

/** How the frozen matrices of a base model are held. */
public enum Quantization {
  /** In the compute type. */
  NONE,
  /** Eight bits a weight: one scale for each row. */
  INT8,
  /** About 4.13 bits a weight: NF4 in blocks of 64 with doubly quantized scales (QLoRA). */
  NF4
}
