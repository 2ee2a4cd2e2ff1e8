package dev.reticent.constraint;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The tokens that may come next in a state.
 *
 * <p>Where a string, a number or a pattern may go on, most tokens stay within it whatever comes
 * after: those are looked up as a {@link Slice}. Only what crosses its end is walked, and what
 * begins with fixed text.
 *
 * @param costliest an upper bound of the bytes that a completion after one of them takes
 */
record Mask(BitSet ids, int costliest) {
  static final Mask NONE = new Mask(new BitSet(), -1);

  /** Steps of one mask: some tenths of a second. */
  static final long MOST_STEPS = 4_000_000;

  static WorkLimit work() {
    return new WorkLimit("at one token of its answer", MOST_STEPS);
  }

  boolean isEmpty() {
    return costliest < 0;
  }

  /** Works out every token that leads somewhere. */
  static Mask of(State state, Automaton automaton, Slices slices, WorkLimit work) {
    Walk walk = new Walk(automaton, slices.tokens(), work, after -> true);
    List<Stack> narrow = new ArrayList<>();
    for (Stack stack : state.stacks()) {
      if (stack.top() instanceof Terminal terminal) {
        terminal
            .slice(slices)
            .ifPresentOrElse(slice -> walk.across(slice, stack.rest()), () -> narrow.add(stack));
      }
    }
    walk.under(0, automaton.intern(State.of(narrow)));
    return new Mask(walk.ids, walk.costliest);
  }

  /** Works out the tokens after which a state is as asked, one by one. */
  static BitSet where(
      Asked asked, State state, Automaton automaton, Slices slices, WorkLimit work) {
    Walk walk = new Walk(automaton, slices.tokens(), work, asked);
    walk.under(0, state);
    return walk.ids;
  }

  /** What a state has to be for its token to be allowed. */
  interface Asked {
    boolean holds(State after);
  }

  /** A walk over tokens that collects those which lead somewhere. */
  private static final class Walk implements TokenTrie.Visitor<State> {
    private final Automaton automaton;
    private final TokenTable tokens;
    private final WorkLimit work;
    private final Asked asked;
    private final BitSet ids;
    private int costliest;

    Walk(Automaton automaton, TokenTable tokens, WorkLimit work, Asked asked) {
      this.automaton = automaton;
      this.tokens = tokens;
      this.work = work;
      this.asked = asked;
      this.ids = new BitSet(tokens.size());
    }

    void across(Slice slice, Stack rest) {
      ids.or(slice.inside());
      costliest = Math.max(costliest, ByteCost.sum(slice.costliest(), rest.cost()));
      State after = automaton.intern(State.of(rest));
      work.spend(slice.crossings().length);
      for (int node : slice.crossings()) {
        tokens.trie().addTokens(node, ids);
        under(node, after);
      }
    }

    void under(int node, State start) {
      if (!start.isDead()) {
        tokens.trie().walk(node, start, this);
      }
    }

    @Override
    public State next(State from, int b) {
      return from.next(b, automaton, work);
    }

    @Override
    public boolean alive(State place) {
      return !place.isDead();
    }

    @Override
    public void at(int node, State after) {
      if (tokens.trie().holdsToken(node) && after.whole(tokens) && asked.holds(after)) {
        tokens.trie().addTokens(node, ids);
        costliest = Math.max(costliest, after.cost());
      }
    }
  }
}
