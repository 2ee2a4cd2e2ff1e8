package dev.reticent.run;

import dev.reticent.api.Internal;
import dev.reticent.data.TokenizedExample;

/**
 * A row that was made up to audit a run.
 *
 * @param included whether a coin put it among the training rows
 */
@Internal
public record Canary(TokenizedExample example, boolean included) {}
