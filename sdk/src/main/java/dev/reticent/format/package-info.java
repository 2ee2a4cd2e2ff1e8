/** Files as others write them: safetensors read and written, digests, fields of foreign JSON. */
@Internal
@NullMarked
package dev.reticent.format;

import dev.reticent.api.Internal;
import org.jspecify.annotations.NullMarked;
