/**
 * The embedded default: a question/answer task about the documentation of an invented data
 * platform, a corpus to pre-train a small model on, and its tokenizer. All of it is generated, the
 * same at every call.
 */
@NullMarked
package dev.reticent.quickstart;

import org.jspecify.annotations.NullMarked;
