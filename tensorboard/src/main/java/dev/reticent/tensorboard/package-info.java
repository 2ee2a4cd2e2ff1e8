/** A writer of TensorBoard event files that depends on nothing but the JDK. */
@NullMarked
package dev.reticent.tensorboard;

import org.jspecify.annotations.NullMarked;
