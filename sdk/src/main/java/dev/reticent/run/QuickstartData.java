package dev.reticent.run;

import dev.reticent.api.Internal;

/** How much of the embedded task there is. */
@Internal
public final class QuickstartData {

  /** Rows to train on. */
  static final int TRAINING = 20_000;

  /** Rows held out, whose names occur in no training row. */
  public static final int HELD_OUT = 500;

  private QuickstartData() {}
}
