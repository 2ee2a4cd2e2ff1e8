/** The two recipes, DPFinetuningRecipe and SampleRecipe, and the records of their configs. */
@NullMarked
package dev.reticent.recipe;

import org.jspecify.annotations.NullMarked;
