package dev.reticent.architecture;

/** What a layer lets its tokens see of earlier ones by. */
public enum Mixer {
  /** Keys and values of every token before, or of a window of them. */
  ATTENTION,
  /** One state of a fixed size, as {@link DeltaRule} says. */
  DELTA_RULE
}
