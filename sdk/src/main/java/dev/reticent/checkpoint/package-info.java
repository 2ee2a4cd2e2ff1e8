/** Atomic, checksummed checkpoints with the ledger inside, and the provenance of a run. */
@Internal
@NullMarked
package dev.reticent.checkpoint;

import dev.reticent.api.Internal;
import org.jspecify.annotations.NullMarked;
