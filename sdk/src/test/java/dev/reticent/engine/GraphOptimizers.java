package dev.reticent.engine;

/** Runs on processors what libtorch makes of a program on cards. */
public final class GraphOptimizers {

  private GraphOptimizers() {}

  /** Whether graphs are optimized from now on wherever they run, as they are on cards. */
  public static void everywhere(boolean value) {
    GraphOptimizer.everywhere = value;
  }

  /** Whether graphs are optimized from now on where they run on cards, as is the rule. */
  public static void cards(boolean value) {
    GraphOptimizer.cards = value;
  }
}
