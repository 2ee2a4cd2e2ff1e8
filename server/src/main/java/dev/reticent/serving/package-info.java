/** The sampling server: an OpenAI-compatible HTTP surface over the generation queue. */
@NullMarked
package dev.reticent.serving;

import org.jspecify.annotations.NullMarked;
