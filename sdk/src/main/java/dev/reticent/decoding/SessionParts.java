package dev.reticent.decoding;

import dev.reticent.model.Decoder;
import dev.reticent.model.Turns;

/**
 * What a session consists of, for who decodes its tokens.
 *
 * @param near how the first positions turn
 * @param far the same in sequences beyond the boundary where all turn otherwise
 */
record SessionParts(
    Decoder decoder,
    SessionOptions options,
    SessionWeights weights,
    LiveAdapters adapters,
    OpenRows rows,
    KeyValueStore store,
    Turns near,
    Turns far) {

  Turns turns(CacheRow row) {
    return row.far ? far : near;
  }
}
