/** Pictures of figures as SVG. */
@Internal
@NullMarked
package dev.reticent.chart;

import dev.reticent.api.Internal;
import org.jspecify.annotations.NullMarked;
