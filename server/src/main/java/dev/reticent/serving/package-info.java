/** The sampling server: an OpenAI-compatible HTTP surface over the generation engine. */
@NullMarked
package dev.reticent.serving;

import org.jspecify.annotations.NullMarked;
