/** Looking for leaks: the self-test on neighboring data, and how far a secret is exposed. */
@NullMarked
package dev.reticent.audit;

import org.jspecify.annotations.NullMarked;
