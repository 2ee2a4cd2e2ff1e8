/**
 * An interpreter of the Jinja template language with Python's values, for chat templates.
 *
 * <p>What it renders equals what jinja2 renders in the environment that Hugging Face transformers
 * sets up; what it does not know it refuses with the construct and the line. Read in this order:
 * {@link dev.reticent.text.jinja.JinjaTemplate}, {@code TagReader} and {@code Lexer} (text to
 * tokens), {@code ExpressionParser}, {@code OperandParser} and {@code StatementParser} (tokens to
 * nodes that evaluate themselves), then the values: {@code Sequences}, {@code Numbers}, {@code
 * Ordering}, {@code PythonText}, and the registries {@code Filters}, {@code Tests}, {@code
 * StringMethods} and {@code Globals}, in which every line is one name.
 */
@Internal
@NullMarked
package dev.reticent.text.jinja;

import dev.reticent.api.Internal;
import org.jspecify.annotations.NullMarked;
