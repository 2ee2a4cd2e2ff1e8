package dev.reticent.constraint;

import dev.reticent.config.UserInputException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** A vocabulary: the bytes of its tokens, and what was worked out about it once for all schemas. */
final class TokenTable {
  private final TokenTrie trie;
  private final byte[][] byId;
  private final BitSet ends = new BitSet();
  private final boolean everyByte;
  private final StringSlices strings = new StringSlices(this, StringPosition.CHARACTERS);
  private final ConcurrentHashMap<DfaPosition, Slice> names = new ConcurrentHashMap<>();

  /**
   * @param byId the bytes of each token, none for those that never belong to a text
   * @throws UserInputException if a character that JSON needs has no token of its own
   */
  TokenTable(List<byte[]> byId, int[] endIds) {
    this.byId = byId.toArray(new byte[0][]);
    for (int id : endIds) {
      ends.set(id);
    }
    if (ends.isEmpty()) {
      throw new UserInputException(
          "The model names no end token, so an answer that is JSON could not end: set eos_token_id"
              + " in its generation_config.json.");
    }
    int[] used =
        IntStream.range(0, byId.size())
            .filter(id -> this.byId[id].length > 0 && !ends.get(id))
            .boxed()
            .sorted(Comparator.comparing(byId::get, Arrays::compareUnsigned))
            .mapToInt(Integer::intValue)
            .toArray();
    this.trie = new TokenTrie(used, this.byId);
    this.everyByte = has(0x80, 0xF4);
    if (!has(' ', '~')) {
      throw new UserInputException(
          "The tokenizer has no token of its own for some ASCII character, so an answer that is"
              + " JSON cannot be promised: ask for a plain text, or use a model with a byte-level"
              + " tokenizer.");
    }
  }

  private boolean has(int low, int high) {
    for (int b = low; b <= high; b++) {
      boolean possible = b != 0xC0 && b != 0xC1; // never in UTF-8
      int node = trie.child(0, b);
      if (possible && (node < 0 || !trie.holdsToken(node))) {
        return false;
      }
    }
    return true;
  }

  TokenTrie trie() {
    return trie;
  }

  /** What places in values that are strings make of the vocabulary. */
  StringSlices strings() {
    return strings;
  }

  /** What a place in a name of any kind makes of it. */
  Slice name(DfaPosition place) {
    return names.computeIfAbsent(place, p -> Slice.of(this, p, WorkLimit.unlimited()));
  }

  /** Whether any UTF-8 can be spelled byte by byte. */
  boolean everyByte() {
    return everyByte;
  }

  /** Whether the bytes so far can be completed where some byte has no token of its own. */
  boolean whole(Terminal after) {
    return everyByte || after.complete() || after.cheapest() < 0x80;
  }

  /** Whether the bytes so far within a string can be completed. */
  boolean whole(Dfa characters, int state) {
    return everyByte || characters.accepting(state) || characters.cheapest(state) < 0x80;
  }

  BitSet ends() {
    return ends;
  }

  byte[] bytes(int id) {
    return id < byId.length ? byId[id] : new byte[0];
  }

  /** The most tokens that an id may name. */
  int size() {
    return byId.length;
  }

  /** The longest token that {@code text} from {@code from} on begins with. */
  int longestAt(byte[] text, int from) {
    int best = trie.longestAt(text, from);
    if (best < 0) {
      throw new IllegalStateException("no token for byte " + text[from]);
    }
    return best;
  }
}
