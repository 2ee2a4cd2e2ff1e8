package dev.reticent.run;

import dev.reticent.api.Internal;

/**
 * How a run is audited.
 *
 * @param canaries m: rows that are made up, each put among the training rows by a fair coin; 0 for
 *     a run that is not audited
 * @param stops at how many steps, evenly spread, the canaries' gradients are held against what the
 *     run released since (white box); 0 for the released adapter alone (black box)
 */
@Internal
public record AuditOptions(int canaries, int stops) {

  /** No audit. */
  public static final AuditOptions NONE = new AuditOptions(0, 0);

  /** By which command such a run is begun, and goes on. */
  String command() {
    return canaries == 0
        ? "./reticent finetune"
        : "./reticent audit --canaries " + canaries + " --white-box " + stops;
  }
}
