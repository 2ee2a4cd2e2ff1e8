/** A language model that grades answers, over the OpenAI protocol, with every row accounted for. */
@NullMarked
package dev.reticent.evaluation.judge;

import org.jspecify.annotations.NullMarked;
