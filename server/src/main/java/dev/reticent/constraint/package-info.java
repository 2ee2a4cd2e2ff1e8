/** Constrained decoding: which tokens may come next so that an answer is JSON, or fits a schema. */
@NullMarked
package dev.reticent.constraint;

import org.jspecify.annotations.NullMarked;
