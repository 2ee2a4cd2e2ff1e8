package dev.reticent.constraint;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * One shape's answers over one vocabulary: which tokens may come next in each state, and how an
 * answer is brought to its end. Thread-safe; answers share what was worked out, and none waits for
 * another.
 */
final class Grammar {
  /** Tokens of one way on. */
  private static final int MOST_FORCED = 16;

  private static final int MOST_FORCED_READINGS = 8;

  private final TokenTable tokens;
  private final Automaton automaton;
  private final Slices slices;

  Grammar(Shape shape, TokenTable tokens) {
    this.tokens = tokens;
    this.automaton = new Automaton(shape);
    this.slices = new Slices(tokens);
  }

  TokenTable tokens() {
    return tokens;
  }

  State start() {
    return automaton.start();
  }

  State next(State state, int b) {
    return state.next(b, automaton, Mask.work());
  }

  State named(State state, byte[] name) {
    return automaton.intern(state.named(name));
  }

  /** The tokens after which an answer can be brought to its end with {@code left} more. */
  BitSet allowed(State state, int left) {
    return allowed(state, left, Mask.work());
  }

  BitSet allowed(State state, int left, WorkLimit work) {
    Mask mask = state.mask();
    if (mask.isEmpty()) {
      mask = Mask.of(state, automaton, slices, work);
      state.keep(mask);
      automaton.grown(tokens.size() / 8);
    }
    if (mask.costliest() <= left) {
      return mask.ids();
    }
    return Mask.where(after -> fits(after, left, work), state, automaton, slices, work);
  }

  private boolean fits(State after, int left, WorkLimit work) {
    return after.cost() <= left // byte by byte
        || (mayFit(after, left) && shortest(after, left, work).isPresent());
  }

  /** Whether so many tokens could be enough, were they all as long as the longest. */
  private boolean mayFit(State state, int most) {
    return state.cost() <= (long) most * tokens.trie().longest();
  }

  /**
   * Tokens that complete the answer: the fewest bytes, each token as long as it can be.
   *
   * @return nothing if they are more than {@code most}
   */
  Optional<int[]> shortest(State state, int most, WorkLimit work) {
    if (!mayFit(state, most)) {
      return Optional.empty();
    }
    byte[] bytes = shortestText(state, work);
    int[] ids = new int[16];
    int n = 0;
    for (int at = 0; at < bytes.length; at += tokens.bytes(ids[n - 1]).length) {
      if (n == most) {
        return Optional.empty();
      }
      ids = n == ids.length ? Arrays.copyOf(ids, 2 * n) : ids;
      ids[n++] = tokens.longestAt(bytes, at);
    }
    return Optional.of(Arrays.copyOf(ids, n));
  }

  /**
   * The tokens of the text that has to come next, each as long as it can be; none where there is a
   * choice of text.
   */
  List<Integer> forced(State state) {
    byte[] bytes = forcedText(state);
    List<Integer> ids = new ArrayList<>();
    for (int at = 0; at < bytes.length && ids.size() < MOST_FORCED; ) {
      int id = tokens.longestAt(bytes, at);
      ids.add(id);
      at += tokens.bytes(id).length;
    }
    return ids;
  }

  /** A state with many readings leaves no one way on that would be worth its search. */
  private byte[] forcedText(State state) {
    WorkLimit work = WorkLimit.unlimited();
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    State at = state;
    while (text.size() < MOST_FORCED * tokens.trie().longest()
        && at.stacks().size() <= MOST_FORCED_READINGS) {
      int b = at.only(automaton, work);
      if (b < 0) {
        break;
      }
      text.write(b);
      at = at.next(b, automaton, work);
    }
    return text.toByteArray();
  }

  private static byte[] shortestText(State state, WorkLimit work) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    State at = state; // of the one stack that is followed, and kept nowhere
    while (!at.complete()) {
      work.spend(8);
      Stack stack = at.cheapest();
      int b = ((Terminal) stack.top()).cheapest();
      text.write(b);
      State[] next = {State.DEAD};
      stack.next(b, read -> next[0] = State.of(read));
      at = next[0];
    }
    return text.toByteArray();
  }
}
