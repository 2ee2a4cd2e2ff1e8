/** What a model is, as data: its family, its sizes, the matrices of a layer, its rotations. */
@Internal
@NullMarked
package dev.reticent.architecture;

import dev.reticent.api.Internal;
import org.jspecify.annotations.NullMarked;
