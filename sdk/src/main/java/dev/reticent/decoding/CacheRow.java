package dev.reticent.decoding;

import dev.reticent.architecture.RopeSettings;
import dev.reticent.model.AdapterId;
import java.util.List;

/** One sequence: its tokens so far, and the blocks that hold or will hold their keys and values. */
final class CacheRow {
  final int number;
  final AdapterId adapter;
  final int[] tokens;
  final List<Integer> blocks;

  /** How many tokens are in the store. */
  int length;

  /** Whether keys turn as in sequences beyond the boundary of {@link RopeSettings#boundary}. */
  boolean far;

  /** Whether blocks are offered to others; they are as long as all before them were. */
  boolean publishing;

  /** The serial number of the last block offered or taken over, 0 for none. */
  long parent;

  CacheRow(int number, AdapterId adapter, int mostTokens, List<Integer> blocks) {
    this.number = number;
    this.adapter = adapter;
    this.tokens = new int[mostTokens];
    this.blocks = blocks;
  }
}
