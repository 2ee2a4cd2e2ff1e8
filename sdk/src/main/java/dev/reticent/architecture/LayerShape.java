package dev.reticent.architecture;

/**
 * The sizes of one layer that need not be those of the next.
 *
 * @param kvHeads key (or value) heads of its attention
 * @param headDim E, coordinates of each of its heads
 * @param intermediate F, the intermediate size of the feed-forward part that all tokens pass; 0
 *     where it has none
 * @param mixture whether its tokens pass experts
 */
public record LayerShape(int kvHeads, int headDim, int intermediate, boolean mixture) {}
