/** The decoder: functions of a TorchScript program over weights, layer by layer. */
@NullMarked
package dev.reticent.model;

import org.jspecify.annotations.NullMarked;
