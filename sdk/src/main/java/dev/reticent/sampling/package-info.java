/** Generation: KV cache, logits pipeline, stop strings, batches of prompts. */
@NullMarked
package dev.reticent.sampling;

import org.jspecify.annotations.NullMarked;
