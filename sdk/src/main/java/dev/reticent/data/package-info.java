/** Examples with their loss masks and privacy units: sources, formats, deterministic splits. */
@NullMarked
package dev.reticent.data;

import org.jspecify.annotations.NullMarked;
