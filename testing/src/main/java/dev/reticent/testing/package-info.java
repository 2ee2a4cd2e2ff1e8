/** What is not Java, for tests: each says how to enable it where it is missing. */
@NullMarked
package dev.reticent.testing;

import org.jspecify.annotations.NullMarked;
