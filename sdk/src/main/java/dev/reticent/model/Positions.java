package dev.reticent.model;

import dev.reticent.engine.Tensor;
import java.util.List;

/**
 * What attention needs to know about T positions.
 *
 * @param cos [T,R/2], or [B,1,T,R/2] where examples turn differently
 * @param sin of the same shape
 * @param masks one for each layer: bool [T,T], or [0] where the layer is plainly causal
 */
public record Positions(Tensor cos, Tensor sin, List<Tensor> masks) {}
