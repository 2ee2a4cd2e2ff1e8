package dev.reticent.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Everything a run needs to go on after {@code step} steps as if it had not stopped.
 *
 * <p>Arrays are shared, not copied. A name may stand in one of the maps only.
 *
 * @param floats trainable values and optimizer moments, bit for bit
 * @param longs counters and positions
 * @param bytes opaque state, such as that of a generator
 * @param state whatever reads best as JSON: ledger position, schedule, configuration digests
 */
public record Checkpoint(
    long step,
    Map<String, float[]> floats,
    Map<String, long[]> longs,
    Map<String, byte[]> bytes,
    ObjectNode state) {

  public Checkpoint {
    if (step < 0) {
      throw new IllegalArgumentException("step: expected at least 0, found " + step);
    }
    floats = Collections.unmodifiableMap(new TreeMap<>(floats));
    longs = Collections.unmodifiableMap(new TreeMap<>(longs));
    bytes = Collections.unmodifiableMap(new TreeMap<>(bytes));
    Set<String> names = new HashSet<>(floats.keySet());
    names.addAll(longs.keySet());
    names.addAll(bytes.keySet());
    if (names.size() != floats.size() + longs.size() + bytes.size()) {
      throw new IllegalArgumentException("a name stands for two arrays of the checkpoint");
    }
  }
}
