/** Charts that are drawn as SVG and as PNG from one description. */
@NullMarked
package dev.reticent.evaluation.chart;

import org.jspecify.annotations.NullMarked;
