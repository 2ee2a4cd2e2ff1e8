package dev.reticent.constraint;

import dev.reticent.config.UserInputException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/** A vocabulary in the order of its tokens' bytes, so that common beginnings are read once. */
final class TokenTable {
  private final byte[][] bytes; // sorted
  private final int[] ids;
  private final int[] shared; // bytes that a token has in common with the one before
  private final byte[][] byId;
  private final BitSet ends = new BitSet();
  private final int longest;
  private final boolean everyByte;

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
    Integer[] order = new Integer[byId.size()];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparing(byId::get, Arrays::compareUnsigned));
    int[] used =
        Arrays.stream(order)
            .mapToInt(Integer::intValue)
            .filter(id -> this.byId[id].length > 0 && !ends.get(id))
            .toArray();
    this.ids = used;
    this.bytes = new byte[used.length][];
    this.shared = new int[used.length];
    int most = 1;
    for (int i = 0; i < used.length; i++) {
      bytes[i] = this.byId[used[i]];
      most = Math.max(most, bytes[i].length);
      int same = i == 0 ? 0 : Arrays.mismatch(bytes[i - 1], bytes[i]);
      shared[i] = same < 0 ? bytes[i].length : same;
    }
    this.longest = most;
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
      if (possible && Arrays.binarySearch(bytes, one(b), Arrays::compareUnsigned) < 0) {
        return false;
      }
    }
    return true;
  }

  private static byte[] one(int b) {
    return new byte[] {(byte) b};
  }

  /** Whether any UTF-8 can be spelled byte by byte. */
  boolean everyByte() {
    return everyByte;
  }

  BitSet ends() {
    return ends;
  }

  byte[] bytes(int id) {
    return id < byId.length ? byId[id] : new byte[0];
  }

  /** The bytes of the longest token. */
  int longest() {
    return longest;
  }

  int size() {
    return ids.length;
  }

  /** Whether to take a token, by the state that it leads to. */
  interface Judge {
    boolean takes(State after);
  }

  /** The ids of the tokens that lead somewhere, as the judge has it. */
  BitSet allowed(State start, Automaton automaton, Judge judge) {
    BitSet allowed = new BitSet(byId.length);
    State[] after = new State[longest + 1]; // after so many bytes of the token at hand
    after[0] = start;
    int alive = 0; // the bytes of the last token that led somewhere
    for (int i = 0; i < bytes.length; i++) {
      byte[] token = bytes[i];
      if (shared[i] > alive) {
        continue; // it begins like one that led nowhere
      }
      int n = shared[i];
      while (n < token.length) {
        State next = after[n].next(token[n] & 0xFF, automaton);
        if (next.isDead()) {
          break;
        }
        after[++n] = next;
      }
      alive = n;
      if (n == token.length && judge.takes(after[n])) {
        allowed.set(ids[i]);
      }
    }
    return allowed;
  }

  /** The longest token that {@code text} from {@code from} on begins with. */
  int longestAt(byte[] text, int from) {
    int low = 0;
    int high = bytes.length;
    int best = -1;
    for (int n = 0; from + n < text.length && low < high; n++) {
      int b = text[from + n] & 0xFF;
      low = bound(low, high, n, b);
      high = bound(low, high, n, b + 1);
      if (low < high && bytes[low].length == n + 1) {
        best = ids[low];
        while (low < high && bytes[low].length == n + 1) {
          low++;
        }
      }
    }
    if (best < 0) {
      throw new IllegalStateException("no token for byte " + text[from]);
    }
    return best;
  }

  /** The first token of a range, alike in n bytes and longer, whose next byte is at least b. */
  private int bound(int start, int end, int n, int b) {
    int from = start;
    int to = end;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if ((bytes[middle][n] & 0xFF) < b) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }
}
