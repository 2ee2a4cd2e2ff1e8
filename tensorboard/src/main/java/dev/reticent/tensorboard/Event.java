package dev.reticent.tensorboard;

import java.util.Optional;

/**
 * One value of a tag.
 *
 * @param wallTime seconds since 1970
 * @param scalar the value where there is no tensor
 */
record Event(Tag tag, double wallTime, long step, float scalar, Optional<Wire> tensor) {}
