/** What a model is, as data: its family, its sizes, the matrices of a layer, its rotations. */
@NullMarked
package dev.reticent.architecture;

import org.jspecify.annotations.NullMarked;
