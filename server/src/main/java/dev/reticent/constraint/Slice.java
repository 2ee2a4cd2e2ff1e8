package dev.reticent.constraint;

import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * What one terminal makes of a vocabulary, whatever is to be written after it.
 *
 * @param inside the tokens that end within the terminal, where it cannot end
 * @param costliest the most bytes that the terminal takes to its end after one of them
 * @param crossings the nodes of the {@link TokenTrie} at which the terminal may end, so that what
 *     lies under them belongs to what comes after it
 */
@SuppressWarnings("ArrayRecordComponent") // never changed or compared
record Slice(BitSet inside, int costliest, int[] crossings) {

  /** A slice that was found by walking every token. */
  static Slice of(TokenTable tokens, Terminal start, WorkLimit work) {
    TokenTrie trie = tokens.trie();
    BitSet inside = new BitSet();
    int[] costliest = {0};
    IntStream.Builder crossings = IntStream.builder();
    trie.walk(
        0,
        start,
        new TokenTrie.Visitor<Terminal>() {
          @Override
          public Terminal next(Terminal from, int b) {
            work.spend(1);
            return (Terminal) from.next(b);
          }

          @Override
          public boolean alive(Terminal place) {
            return place != NoText.NONE;
          }

          @Override
          public void at(int node, Terminal place) {
            if (place.complete()) {
              crossings.add(node);
            } else if (trie.holdsToken(node) && tokens.whole(place)) {
              trie.addTokens(node, inside);
              costliest[0] = Math.max(costliest[0], place.cost());
            }
          }
        });
    return new Slice(inside, costliest[0], crossings.build().toArray());
  }
}
