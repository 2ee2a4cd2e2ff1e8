package dev.reticent.weights;

import dev.reticent.api.Internal;

/** Where the layers of a model are held when several devices compute with it. */
@Internal
public enum Placement {
  /** Each device holds all layers. */
  REPLICATED,
  /**
   * Layer i is held by device i modulo their number, and copied to another one while that computes
   * with it.
   */
  SHARDED,
  /** The host holds all layers, and each is copied to a device while that computes with it. */
  HOST
}
