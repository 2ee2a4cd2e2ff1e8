package dev.reticent.evaluation.recipe;

/** Hears how an evaluation goes; called by several threads. */
public interface EvaluationListener {
  /** Something worth a line. */
  default void notice(String message) {}

  /** A part of the work has come so far. */
  default void progress(String what, int done, int total) {}
}
