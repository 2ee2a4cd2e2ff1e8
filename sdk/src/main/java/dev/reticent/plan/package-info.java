/** What a run will do and cost, before it starts. */
@NullMarked
package dev.reticent.plan;

import org.jspecify.annotations.NullMarked;
