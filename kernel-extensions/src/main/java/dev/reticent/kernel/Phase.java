package dev.reticent.kernel;

/** How far a run has come. */
enum Phase {
  STARTING("starting"),
  TRAINING("training"),
  STOPPING("stopping at the end of this step …"),
  STOPPED("stopped"),
  BUDGET_REACHED("stopped before the step that would have exceeded the budget"),
  FINISHED("finished"),
  FAILED("failed");

  private final String words;

  Phase(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }

  boolean ended() {
    return compareTo(STOPPING) > 0;
  }
}
