package dev.reticent.model;

import dev.reticent.engine.Tensor;
import java.util.List;

/**
 * A layer after its forward pass in training.
 *
 * @param input [B,T,D]
 * @param output [B,T,D]
 * @param activations what the backward pass needs beside the input; none where it runs the layer
 *     again
 */
public record KeptLayer(Tensor input, Tensor output, List<Tensor> activations) {}
