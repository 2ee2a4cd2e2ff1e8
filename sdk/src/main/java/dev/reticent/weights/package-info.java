/** Where weights come from, and in which types and on which devices they are held. */
@NullMarked
package dev.reticent.weights;

import org.jspecify.annotations.NullMarked;
