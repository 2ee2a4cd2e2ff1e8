/** The catalogue of everything a run makes, and whether it may leave its owner's machine. */
@NullMarked
package dev.reticent.privacy.disclosure;

import org.jspecify.annotations.NullMarked;
