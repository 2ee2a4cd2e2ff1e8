package dev.reticent.constraint;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * What places in strings make of a vocabulary. It depends on where in a character a place is, and
 * on how many characters must and may follow, so few walks serve every schema. Thread-safe.
 */
final class StringSlices {
  private final TokenTable tokens;
  private final Dfa characters;
  private final ConcurrentHashMap<Integer, Counted> byState = new ConcurrentHashMap<>();

  /**
   * @param characters the characters of the string; accepting between two
   */
  StringSlices(TokenTable tokens, Dfa characters) {
    this.tokens = tokens;
    this.characters = characters;
  }

  /**
   * A slice.
   *
   * @param state in the characters
   * @param needed how many characters must still begin
   * @param room how many may
   */
  Slice of(int state, int needed, int room) {
    return byState.computeIfAbsent(state, s -> new Counted(tokens, characters, s)).of(needed, room);
  }

  /** The tokens that stay within the string, by the characters that they begin. */
  private static final class Counted {
    private final List<BitSet> upTo = new ArrayList<>(); // by count; the last one is all of them
    private final int distance;
    private final int[] quotes; // the nodes of a last quote
    private final int[] counts; // the characters before each of them

    /** A place after some bytes of a token. */
    private record At(int state, int count, boolean closed) {}

    Counted(TokenTable tokens, Dfa characters, int start) {
      TokenTrie trie = tokens.trie();
      int[] distance = {0};
      IntStream.Builder quotes = IntStream.builder();
      IntStream.Builder counts = IntStream.builder();
      At dead = new At(Dfa.NONE, 0, true);
      trie.walk(
          0,
          new At(start, 0, false),
          new TokenTrie.Visitor<At>() {
            @Override
            public At next(At from, int b) {
              if (from.closed()) {
                return dead;
              }
              boolean between = characters.accepting(from.state());
              if (between && b == '"') {
                return new At(from.state(), from.count(), true);
              }
              int to = characters.next(from.state(), b);
              return to == Dfa.NONE ? dead : new At(to, from.count() + (between ? 1 : 0), false);
            }

            @Override
            public boolean alive(At place) {
              return place.state() != Dfa.NONE;
            }

            @Override
            public void at(int node, At place) {
              if (place.closed()) {
                quotes.add(node);
                counts.add(place.count());
              } else if (trie.holdsToken(node) && tokens.whole(characters, place.state())) {
                distance[0] = Math.max(distance[0], characters.distance(place.state()));
                while (upTo.size() <= place.count()) {
                  upTo.add(new BitSet());
                }
                trie.addTokens(node, upTo.get(place.count()));
              }
            }
          });
      for (int i = 1; i < upTo.size(); i++) {
        upTo.get(i).or(upTo.get(i - 1));
      }
      this.distance = distance[0];
      this.quotes = quotes.build().toArray();
      this.counts = counts.build().toArray();
    }

    Slice of(int needed, int room) {
      BitSet inside = upTo.isEmpty() ? new BitSet() : upTo.get(Math.min(room, upTo.size() - 1));
      int[] crossings =
          IntStream.range(0, quotes.length)
              .filter(i -> counts[i] >= needed && counts[i] <= room)
              .map(i -> quotes[i])
              .toArray();
      return new Slice(inside, distance + needed + 1, crossings);
    }
  }
}
