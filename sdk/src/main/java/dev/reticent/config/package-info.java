/**
 * YAML nodes to typed values that know their line and column; every problem is reported at once.
 */
@NullMarked
package dev.reticent.config;

import org.jspecify.annotations.NullMarked;
