/** The evaluation recipe, its config, and the command {@code reticent evaluate}. */
@NullMarked
package dev.reticent.evaluation.recipe;

import org.jspecify.annotations.NullMarked;
