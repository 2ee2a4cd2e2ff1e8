package dev.reticent.model;

import dev.reticent.engine.Tensor;
import java.util.List;

/**
 * Losses, and where the backward pass starts.
 *
 * @param losses mean negative log-likelihood of each example over its own answer tokens [B]
 * @param input gradient of their sum by the last hidden states [B,T,D]
 * @param parameters per-example gradients of the head's trainable parameters [B,P_j] each, or their
 *     sum [1,P_j]
 */
public record HeadGradients(Tensor losses, Tensor input, List<Tensor> parameters) {}
