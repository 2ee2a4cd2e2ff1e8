package dev.reticent.model;

import dev.reticent.engine.Tensor;
import java.util.List;

/**
 * What a re-run layer returns.
 *
 * @param input gradient by the layer's input [B,T,D]
 * @param parameters per-example gradients of its trainable parameters [B,P_j] each, or their sum
 *     [1,P_j]
 */
public record LayerGradients(Tensor input, List<Tensor> parameters) {}
