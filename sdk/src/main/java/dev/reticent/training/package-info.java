/** The training loop, optimizers, schedules, devices and step reports. */
@NullMarked
package dev.reticent.training;

import org.jspecify.annotations.NullMarked;
