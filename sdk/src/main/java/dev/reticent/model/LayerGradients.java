package dev.reticent.model;

import dev.reticent.engine.Tensor;

/**
 * What a re-run layer returns.
 *
 * @param input gradient by the layer's input [B,T,D]
 * @param parameters per-example gradients of its trainable parameters [B,P], or their sum [1,P]
 */
public record LayerGradients(Tensor input, Tensor parameters) {}
