package dev.reticent.model;

import dev.reticent.engine.Tensor;
import java.util.List;

/**
 * What attention needs to know about T positions.
 *
 * @param turns for each layer cosines, sines and the queries' reach: [T,R/2] twice and [T,1], or
 *     with [B,1] in front where examples turn differently; [0] where a layer does without
 * @param masks one for each layer: bool [T,T], or [0] where the layer is plainly causal
 */
public record RotaryPositions(List<List<Tensor>> turns, List<Tensor> masks) {}
