package dev.reticent.model;

import dev.reticent.engine.Tensor;
import dev.reticent.engine.TensorList;

/**
 * A layer after its forward pass in training.
 *
 * @param output [B,T,D]
 * @param activations what the backward pass needs beside the layer's input
 */
public record KeptLayer(Tensor output, TensorList activations) {}
