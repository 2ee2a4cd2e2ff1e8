package dev.reticent.kernel;

/** What to do with an earlier run in the same folder. */
public enum Rerun {
  /** Go on from its last checkpoint; steps taken again are charged again. */
  RESUME,
  /** Move its folder aside and begin at step 0. What it spent on the same data stays spent. */
  FRESH
}
