package dev.reticent.sampling;

import dev.reticent.api.Internal;

/**
 * How often something was done, and how long it took in all.
 *
 * @param count how often
 * @param nanos of all together
 */
@Internal
public record WorkTime(long count, long nanos) {}
