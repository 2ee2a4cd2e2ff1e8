package dev.reticent.constraint;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * One shape's answers over one vocabulary: which tokens may come next in each state, and how an
 * answer is brought to its end. Safe for use by several threads, one at a time.
 */
final class Grammar {
  private final TokenTable tokens;
  private final Automaton automaton;

  Grammar(Shape shape, TokenTable tokens) {
    this.tokens = tokens;
    this.automaton = new Automaton(shape);
  }

  TokenTable tokens() {
    return tokens;
  }

  synchronized State start() {
    return automaton.start();
  }

  synchronized State next(State state, int b) {
    return state.next(b, automaton);
  }

  synchronized State named(State state, byte[] name) {
    return automaton.intern(state.named(name));
  }

  /** The tokens after which an answer can be brought to its end with {@code left} more. */
  synchronized BitSet allowed(State state, int left) {
    State.Mask mask = state.mask();
    if (mask.isEmpty()) {
      int[] costliest = {0};
      BitSet ids =
          tokens.allowed(
              state,
              automaton,
              after -> {
                costliest[0] = Math.max(costliest[0], after.cost());
                return whole(after);
              });
      mask = new State.Mask(ids, costliest[0]);
      state.keep(mask);
    }
    if (mask.costliest() <= left) {
      return mask.ids();
    }
    return tokens.allowed(state, automaton, after -> whole(after) && fits(after, left));
  }

  /** Whether the bytes so far can be completed where some byte has no token of its own. */
  private boolean whole(State after) {
    return tokens.everyByte() || after.complete() || after.cheapest() < 0x80;
  }

  private boolean fits(State after, int left) {
    if (after.cost() <= left) {
      return true; // byte by byte
    }
    return after.cost() <= (long) left * tokens.longest() && shortest(after).size() <= left;
  }

  /** Tokens that complete the answer: the fewest bytes, each token as long as it can be. */
  synchronized List<Integer> shortest(State state) {
    List<Integer> known = state.ending();
    if (state.complete() || !known.isEmpty()) {
      return known;
    }
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (State at = state; !at.complete(); at = at.next(at.cheapest(), automaton)) {
      text.write(at.cheapest());
    }
    byte[] bytes = text.toByteArray();
    List<Integer> ids = new ArrayList<>();
    for (int at = 0; at < bytes.length; at += tokens.bytes(ids.get(ids.size() - 1)).length) {
      ids.add(tokens.longestAt(bytes, at));
    }
    state.keep(ids);
    return state.ending();
  }
}
