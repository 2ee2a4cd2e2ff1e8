package dev.reticent.decoding;

import dev.reticent.model.AdapterId;
import java.util.List;

/**
 * What a block of keys and values was computed from.
 *
 * @param adapter the adapter that computed it
 * @param parent the serial number of the block before, which no other block ever has; 0 for the
 *     first
 * @param tokens the tokens of the block itself
 */
record PrefixKey(AdapterId adapter, long parent, List<Integer> tokens) {

  PrefixKey {
    tokens = List.copyOf(tokens);
  }
}
