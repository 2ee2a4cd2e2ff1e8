package dev.reticent.run;

/** Told how far work has come that may take a while, by one thread at a time. */
@FunctionalInterface
public interface Progress {

  /**
   * How far something has come, such as answering questions.
   *
   * @param total how much there is of it; 0 where nobody knows beforehand
   */
  void progressed(String what, int done, int total);

  /** Something begins that may take a while: loading, reading, evaluating. */
  default void phase(String what) {}
}
