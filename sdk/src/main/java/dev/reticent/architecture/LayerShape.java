package dev.reticent.architecture;

/**
 * The sizes of one layer that need not be those of the next.
 *
 * @param kvHeads key (or value) heads of its attention
 * @param headDim E, coordinates of each of its heads
 * @param intermediate F, the intermediate size of the feed-forward part that all tokens pass; 0
 *     where it has none
 * @param mixture whether its tokens pass experts
 * @param keys where its keys and values come from
 */
public record LayerShape(int kvHeads, int headDim, int intermediate, boolean mixture, Keys keys) {

  /** Where a layer has its keys and values from. */
  public enum Keys {
    /** Each projected by a map of its own. */
    OWN,
    /** One map gives both: values are the keys as they were projected. */
    AS_VALUES,
    /** They are those of the last layer before it that has some and looks back as it does. */
    OF_ANOTHER
  }

  LayerShape(int kvHeads, int headDim, int intermediate, boolean mixture) {
    this(kvHeads, headDim, intermediate, mixture, Keys.OWN);
  }
}
