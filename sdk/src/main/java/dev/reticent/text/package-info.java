/** Tokenizers and chat templates, read from a Hugging Face folder. */
@NullMarked
package dev.reticent.text;

import org.jspecify.annotations.NullMarked;
