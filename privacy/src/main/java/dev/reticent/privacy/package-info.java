/**
 * Sampling, clipping, noise and the ledger: the types that make a wrong private program fail to
 * compile.
 */
@NullMarked
package dev.reticent.privacy;

import org.jspecify.annotations.NullMarked;
