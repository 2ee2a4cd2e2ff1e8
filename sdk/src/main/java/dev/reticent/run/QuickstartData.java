package dev.reticent.run;

/** How much of the embedded task there is. */
public final class QuickstartData {

  /** Rows to train on. */
  static final int TRAINING = 20_000;

  /** Rows held out, whose names occur in no training row. */
  public static final int HELD_OUT = 500;

  private QuickstartData() {}
}
