/** The decoder: functions of a TorchScript program over weights, layer by layer. */
@Internal
@NullMarked
package dev.reticent.model;

import dev.reticent.api.Internal;
import org.jspecify.annotations.NullMarked;
