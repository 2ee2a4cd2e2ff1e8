/** Sessions that continue many rows of tokens over one store of keys and values. */
@Internal
@NullMarked
package dev.reticent.decoding;

import dev.reticent.api.Internal;
import org.jspecify.annotations.NullMarked;
