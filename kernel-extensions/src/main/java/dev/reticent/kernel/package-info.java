/**
 * Reticent in Jupyter's Java kernels: magics, displays, a live progress bar, TensorBoard inline.
 *
 * <p>{@link dev.reticent.kernel.Reticent} is the entry; a kernel is found by name at run time, and
 * without one everything is printed.
 */
@NullMarked
package dev.reticent.kernel;

import org.jspecify.annotations.NullMarked;
