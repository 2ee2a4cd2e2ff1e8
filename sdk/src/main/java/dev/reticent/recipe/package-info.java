/** The entry points: a config goes in, a run, answers or a server come out. */
@NullMarked
package dev.reticent.recipe;

import org.jspecify.annotations.NullMarked;
