package dev.reticent.lora;

import dev.reticent.api.Internal;
import dev.reticent.architecture.Projection;

/**
 * The place of one adapted weight's A [rank, in] and B [out, rank] in the flat array of all
 * trainable values; both row-major, B right after A, and DoRA's m [out] right after B. The matrices
 * of X experts are one weight, one below the other, with A [X·rank, in] and B [out, rank]: each
 * expert has its own rows of both.
 *
 * @param path the module, such as model.layers.0.self_attn.q_proj
 * @param module what A and B are named after in PEFT's files: the path, but for experts
 * @param layer the decoder layer; the number of layers for the head
 * @param parts X, how many experts' matrices it is; else 1
 * @param swapped whether PEFT's A is Bᵀ here and its B Aᵀ, as it adapts a matrix that it holds with
 *     rows for columns
 * @param scale the factor s of y = W x + s · B (A x)
 * @param dora whether a magnitude m [out] follows B
 * @param start index of A's first value
 */
@Internal
public record AdapterSlot(
    String path,
    String module,
    int layer,
    Projection projection,
    int rank,
    int parts,
    boolean swapped,
    double scale,
    int in,
    int out,
    boolean dora,
    int start) {

  /**
   * Whether a target of LoRA means this matrix of experts: its path, or all of it below a layer.
   */
  boolean isCalled(String target) {
    return path.equals(target) || path.endsWith("." + layer + "." + target);
  }

  /** Rows of A. */
  public int rowsA() {
    return parts * rank;
  }

  /** Index of A's first value. */
  public int startA() {
    return start;
  }

  /** Index of B's first value. */
  public int startB() {
    return start + rowsA() * in;
  }

  /** Index of m's first value, where there is one. */
  public int startM() {
    return startB() + rank * out;
  }

  /** Number of values of A, B and m together. */
  public int size() {
    return rowsA() * in + rank * out + (dora ? out : 0);
  }

  /** Index after the last value. */
  public int end() {
    return start + size();
  }

  /** The name of what holds A, in PEFT's files, below the base model. */
  public String nameA() {
    return module + (swapped ? ".lora_B.weight" : ".lora_A.weight");
  }

  /** The name of what holds B below the base model. */
  public String nameB() {
    return module + (swapped ? ".lora_A.weight" : ".lora_B.weight");
  }

  /** The name of m below the base model. */
  public String nameM() {
    return module + ".lora_magnitude_vector";
  }
}
