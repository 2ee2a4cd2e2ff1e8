package dev.reticent.weights;

/** What training does with a layer's activations between its forward and its backward pass. */
public enum Activations {
  /** Activations stay in memory. */
  KEEP,
  /** Only the layer's input stays and the layer is run again: a third slower, far smaller. */
  RECOMPUTE
}
