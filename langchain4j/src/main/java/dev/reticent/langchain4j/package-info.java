/** Models that answer in this JVM, as LangChain4j's chat models. */
@NullMarked
package dev.reticent.langchain4j;

import org.jspecify.annotations.NullMarked;
