/** One run: its data, its model, its folder, its training, and what it says of itself. */
@NullMarked
package dev.reticent.run;

import org.jspecify.annotations.NullMarked;
