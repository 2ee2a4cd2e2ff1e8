/** Sessions that continue many rows of tokens over one store of keys and values. */
@NullMarked
package dev.reticent.decoding;

import org.jspecify.annotations.NullMarked;
