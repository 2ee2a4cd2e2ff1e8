package dev.reticent.engine;

/** Lets tests of other packages fail as the engine does. */
public final class EngineFailures {

  private EngineFailures() {}

  /** What the engine says when memory runs out. */
  public static EngineFailure outOfMemory() {
    return new EngineFailure("a call", new IllegalStateException("can't allocate memory"));
  }
}
