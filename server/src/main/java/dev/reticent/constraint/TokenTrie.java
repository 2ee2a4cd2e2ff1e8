package dev.reticent.constraint;

import java.util.Arrays;
import java.util.BitSet;

/**
 * A vocabulary as a tree over bytes, its nodes in the order in which a walk from the root meets
 * them: what lies under a node comes right after it, up to before {@link #end}. Node 0 is the root.
 */
final class TokenTrie {
  private static final int NONE = -1;

  private final byte[] label; // the last byte of a node
  private final int[] depth; // its bytes
  private final int[] end; // the first node that is not under it
  private final int[] first; // a token with its bytes, or NONE
  private final int[] alike; // by id: another token with the same bytes, or NONE
  private final int longest;

  /**
   * @param sorted the ids of tokens with bytes, in the order of their bytes
   * @param bytes by id
   */
  TokenTrie(int[] sorted, byte[][] bytes) {
    int nodes = 1;
    int most = 0;
    for (int i = 0; i < sorted.length; i++) {
      nodes += bytes[sorted[i]].length - shared(sorted, bytes, i);
      most = Math.max(most, bytes[sorted[i]].length);
    }
    this.longest = most;
    this.label = new byte[nodes];
    this.depth = new int[nodes];
    this.end = new int[nodes];
    this.first = new int[nodes];
    this.alike = new int[bytes.length];
    Arrays.fill(first, NONE);
    Arrays.fill(alike, NONE);
    int[] open = new int[most + 1]; // the node of each depth on the way to the last one
    int node = 0;
    for (int i = 0; i < sorted.length; i++) {
      byte[] token = bytes[sorted[i]];
      int same = shared(sorted, bytes, i);
      int before = i == 0 ? 0 : bytes[sorted[i - 1]].length;
      close(open, same + 1, before, node + 1);
      for (int n = same; n < token.length; n++) {
        node++;
        label[node] = token[n];
        depth[node] = n + 1;
        open[n + 1] = node;
      }
      int last = open[token.length];
      alike[sorted[i]] = first[last];
      first[last] = sorted[i];
    }
    close(open, 0, sorted.length == 0 ? 0 : bytes[sorted[sorted.length - 1]].length, nodes);
  }

  private static int shared(int[] sorted, byte[][] bytes, int i) {
    int same = i == 0 ? 0 : Arrays.mismatch(bytes[sorted[i - 1]], bytes[sorted[i]]);
    return same < 0 ? bytes[sorted[i]].length : same;
  }

  private void close(int[] open, int from, int to, int at) {
    for (int n = from; n <= to; n++) {
      end[open[n]] = at;
    }
  }

  /** The bytes of the longest token. */
  int longest() {
    return longest;
  }

  int end(int node) {
    return end[node];
  }

  int depth(int node) {
    return depth[node];
  }

  int label(int node) {
    return label[node] & 0xFF;
  }

  boolean holdsToken(int node) {
    return first[node] != NONE;
  }

  /** Adds the tokens that end at a node. */
  void addTokens(int node, BitSet ids) {
    for (int id = first[node]; id != NONE; id = alike[id]) {
      ids.set(id);
    }
  }

  /** The node under another after one more byte, or -1. */
  int child(int node, int b) {
    for (int child = node + 1; child < end[node]; child = end[child]) {
      int found = label(child);
      if (found >= b) {
        return found == b ? child : NONE;
      }
    }
    return NONE;
  }

  /** The node under another after these bytes, or -1. */
  int find(int node, byte[] text, int from) {
    int at = node;
    for (int n = from; n < text.length && at != NONE; n++) {
      at = child(at, text[n] & 0xFF);
    }
    return at;
  }

  /** The longest token that {@code text} from {@code from} on begins with, or -1. */
  int longestAt(byte[] text, int from) {
    int best = NONE;
    int at = 0;
    for (int n = from; n < text.length && at != NONE; n++) {
      at = child(at, text[n] & 0xFF);
      best = at != NONE && first[at] != NONE ? first[at] : best;
    }
    return best;
  }

  /** Looks at the places under a node. */
  interface Visitor<P> {
    /** The place after one more byte. */
    P next(P from, int b);

    /** Whether anything may follow a place, or end there. */
    boolean alive(P place);

    /** Hears of a place that is alive. */
    void at(int node, P place);
  }

  /** Walks what lies under a node, and leaves out what lies under a place that is not alive. */
  <P> void walk(int node, P start, Visitor<P> visitor) {
    int base = depth[node];
    Object[] places = new Object[longest - base + 1];
    places[0] = start;
    for (int i = node + 1; i < end[node]; ) {
      int d = depth[i] - base;
      @SuppressWarnings("unchecked")
      P next = visitor.next((P) places[d - 1], label(i));
      if (visitor.alive(next)) {
        places[d] = next;
        visitor.at(i, next);
        i++;
      } else {
        i = end[i];
      }
    }
  }
}
