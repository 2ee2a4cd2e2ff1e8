/** A model that answers in this JVM, as Spring AI's chat model. */
@NullMarked
package dev.reticent.springai;

import org.jspecify.annotations.NullMarked;
