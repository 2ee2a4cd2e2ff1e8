package dev.reticent.lora;

import dev.reticent.api.Internal;
import dev.reticent.architecture.Projection;

/**
 * The place of one adapted weight's A [rank, in] and B [out, rank] in the flat array of all
 * trainable values; both row-major, B right after A, and DoRA's m [out] right after B.
 *
 * @param path the module, such as model.layers.0.self_attn.q_proj
 * @param layer the decoder layer; the number of layers for the head
 * @param scale the factor s of y = W x + s · B (A x)
 * @param dora whether a magnitude m [out] follows B
 * @param start index of A's first value
 */
@Internal
public record AdapterSlot(
    String path,
    int layer,
    Projection projection,
    int rank,
    double scale,
    int in,
    int out,
    boolean dora,
    int start) {

  /** Index of A's first value. */
  public int startA() {
    return start;
  }

  /** Index of B's first value. */
  public int startB() {
    return start + rank * in;
  }

  /** Index of m's first value, where there is one. */
  public int startM() {
    return startB() + rank * out;
  }

  /** Number of values of A, B and m together. */
  public int size() {
    return rank * (in + out) + (dora ? out : 0);
  }

  /** Index after the last value. */
  public int end() {
    return start + size();
  }

  /** The name of A below the base model. */
  public String nameA() {
    return path + ".lora_A.weight";
  }

  /** The name of B below the base model. */
  public String nameB() {
    return path + ".lora_B.weight";
  }

  /** The name of m below the base model. */
  public String nameM() {
    return path + ".lora_magnitude_vector";
  }
}
