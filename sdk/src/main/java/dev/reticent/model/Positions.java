package dev.reticent.model;

import dev.reticent.engine.Tensor;
import java.util.List;

/**
 * What attention needs to know about T positions.
 *
 * @param cos [T,R/2]
 * @param sin [T,R/2]
 * @param masks one for each layer: bool [T,T], or [0] where the layer is plainly causal
 */
record Positions(Tensor cos, Tensor sin, List<Tensor> masks) {}
