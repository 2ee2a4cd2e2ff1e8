/** Files as others write them: safetensors read and written, digests, fields of foreign JSON. */
@NullMarked
package dev.reticent.format;

import org.jspecify.annotations.NullMarked;
