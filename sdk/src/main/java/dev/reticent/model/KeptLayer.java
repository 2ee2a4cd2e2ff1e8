package dev.reticent.model;

import dev.reticent.engine.Tensor;
import java.util.List;

/**
 * A layer after its forward pass in training.
 *
 * @param output [B,T,D]
 * @param activations what the backward pass needs beside the layer's input
 */
public record KeptLayer(Tensor output, List<Tensor> activations) {}
