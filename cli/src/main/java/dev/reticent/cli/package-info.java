/** The reticent command. */
@NullMarked
package dev.reticent.cli;

import org.jspecify.annotations.NullMarked;
