/** Pictures of figures as SVG. */
@NullMarked
package dev.reticent.chart;

import org.jspecify.annotations.NullMarked;
