/** Atomic, checksummed checkpoints with the ledger inside, and the provenance of a run. */
@NullMarked
package dev.reticent.checkpoint;

import org.jspecify.annotations.NullMarked;
