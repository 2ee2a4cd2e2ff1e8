package dev.reticent.lora;

import dev.reticent.api.Internal;
import dev.reticent.architecture.Projection;

/**
 * A tensor that an adapter brings in the place of the base model's: a trained bias, or the weight
 * of a module that Python PEFT was told to save whole.
 *
 * @param name below the base model, such as model.layers.0.self_attn.q_proj.bias
 * @param kind what it is
 * @param layer the decoder layer; the number of layers for the head and for embeddings
 * @param projection whose weight or bias it is; the head for embeddings, which have none
 */
@Internal
@SuppressWarnings("ArrayRecordComponent") // adapters are never compared
public record SavedTensor(
    String name, Kind kind, int layer, Projection projection, float[] values) {

  /** What is saved. */
  public enum Kind {
    /** Embeddings [vocabulary, hidden]. */
    EMBEDDING,
    /** The matrix [out, in] of a linear module. */
    WEIGHT,
    /** The bias [out] of a linear module. */
    BIAS
  }
}
