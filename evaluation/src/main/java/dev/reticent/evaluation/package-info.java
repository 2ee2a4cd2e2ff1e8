/** How good answers are: text metrics and the statistics of grades. */
@NullMarked
package dev.reticent.evaluation;

import org.jspecify.annotations.NullMarked;
