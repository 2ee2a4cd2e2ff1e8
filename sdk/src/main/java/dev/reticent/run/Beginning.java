package dev.reticent.run;

/**
 * How far that has come which is before the end of a run's first step. Later steps tell of
 * themselves.
 */
final class Beginning {
  private final FinetuneListener listener;
  private String what = "";

  Beginning(FinetuneListener listener) {
    this.listener = listener;
  }

  void phase(String begins) {
    what = begins;
    listener.phase(begins);
  }

  /** So many of this phase's micro-batches are done. */
  void progressed(int done, int total) {
    if (!what.isEmpty()) {
      listener.progressed(what, done, total);
    }
  }

  void isOver() {
    what = "";
  }
}
