package dev.reticent.model;

import dev.reticent.engine.Tensor;

/**
 * Losses, and where the backward pass starts.
 *
 * @param losses mean negative log-likelihood of each example over its own answer tokens [B]
 * @param input gradient of their sum by the last hidden states [B,T,D]
 * @param parameters per-example gradients of the head's trainable parameters [B,P], or their sum
 *     [1,P]
 */
public record HeadGradients(Tensor losses, Tensor input, Tensor parameters) {}
