package dev.reticent.decoding;

import dev.reticent.model.AdapterId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * Which blocks of a store are free, which are held, and which hold the beginning of a prompt.
 *
 * <p>A block is held by the rows that count on it. One that was published under a {@link PrefixKey}
 * stays there when the last row lets go, and may be held again; it is forgotten when it is taken
 * for something else. Free blocks are taken in the order in which they became free, of one row the
 * last first, so that of a prompt's blocks the end is forgotten before the beginning.
 *
 * <p>Knows nothing of tensors.
 */
final class BlockPool {
  private final int[] holders;
  private final long[] serials;
  private final LinkedHashSet<Integer> free = new LinkedHashSet<>();
  private final Map<PrefixKey, Integer> published = new HashMap<>();
  private final Map<Integer, PrefixKey> keys = new HashMap<>();
  private long lastSerial;

  BlockPool(int blocks) {
    holders = new int[blocks];
    serials = new long[blocks];
    for (int block = 0; block < blocks; block++) {
      free.add(block);
    }
  }

  /** How many blocks can be taken. */
  int available() {
    return free.size();
  }

  /** Blocks in all, those held, and those that are free and published. */
  BlockUse use() {
    int cached = (int) free.stream().filter(keys::containsKey).count();
    return new BlockUse(holders.length, holders.length - free.size(), cached);
  }

  /** How many rows hold a block. */
  int holders(int block) {
    return holders[block];
  }

  /**
   * Holds the published blocks with which a prompt begins.
   *
   * <p>Whole blocks only, and at least one token of the prompt is left over.
   *
   * @return the blocks in order, perhaps none
   */
  List<Integer> hold(AdapterId adapter, int[] prompt, int blockTokens) {
    List<Integer> found = new ArrayList<>();
    long parent = 0;
    for (int end = blockTokens; end < prompt.length; end += blockTokens) {
      Integer block = published.get(key(adapter, parent, prompt, end - blockTokens, end));
      if (block == null) {
        break;
      }
      if (holders[block]++ == 0) {
        free.remove(block);
      }
      parent = serials[block];
      found.add(block);
    }
    return found;
  }

  static PrefixKey key(AdapterId adapter, long parent, int[] tokens, int from, int to) {
    return new PrefixKey(adapter, parent, Arrays.stream(tokens, from, to).boxed().toList());
  }

  /**
   * Takes free blocks; what they held is forgotten.
   *
   * @throws IllegalStateException if there are fewer
   */
  List<Integer> take(int count) {
    if (count > free.size()) {
      throw new IllegalStateException(
          "%d blocks are wanted and %d are free".formatted(count, free.size()));
    }
    List<Integer> taken = free.stream().limit(count).toList();
    for (int block : taken) {
      free.remove(block);
      holders[block] = 1;
      serials[block] = 0;
      PrefixKey key = keys.remove(block);
      if (key != null) {
        published.remove(key);
      }
    }
    return taken;
  }

  /**
   * Offers a held block to prompts that begin alike. If another is published under the key, that
   * one stays.
   *
   * @return the serial number of the block under the key, the parent of the next
   */
  long publish(int block, PrefixKey key) {
    if (holders[block] == 0 || keys.containsKey(block)) {
      throw new IllegalStateException("block " + block + " is not held, or published already");
    }
    Integer known = published.get(key);
    if (known != null) {
      return serials[known];
    }
    serials[block] = ++lastSerial;
    published.put(key, block);
    keys.put(block, key);
    return lastSerial;
  }

  /** The serial number of a published block. */
  long serial(int block) {
    return serials[block];
  }

  /**
   * Lets go of a row's blocks.
   *
   * @throws IllegalStateException if nobody holds one of them
   */
  void release(List<Integer> blocks) {
    for (int i = blocks.size() - 1; i >= 0; i--) {
      int block = blocks.get(i);
      if (holders[block] == 0) {
        throw new IllegalStateException("block " + block + " is free already");
      }
      if (--holders[block] == 0) {
        free.add(block);
      }
    }
  }
}
