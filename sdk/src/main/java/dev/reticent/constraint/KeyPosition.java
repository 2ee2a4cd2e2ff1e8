package dev.reticent.constraint;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A place in the name of a member that no schema lists, after its first quote; the name is not
 * taken.
 *
 * @param declared the listed names that begin like this one
 * @param written the written ones
 * @param state in {@link #CHARACTERS}; accepting between characters
 * @param closed whether the last quote is written
 */
record KeyPosition(Literals.Range declared, Literals.Range written, int state, boolean closed)
    implements Terminal {
  /** Names have one spelling, so that two that differ in bytes differ. */
  static final Dfa CHARACTERS = new Regular.Star(Characters.canonical(CodePoints.ALL)).dfa();

  static KeyPosition start(Taken taken) {
    return new KeyPosition(taken.declared().all(), taken.written().all(), 0, false);
  }

  @Override
  public Terminal next(int b) {
    if (closed) {
      return NoText.NONE;
    }
    if (CHARACTERS.accepting(state) && b == '"') {
      return free(b) ? to(b, state, true) : NoText.NONE;
    }
    int to = CHARACTERS.next(state, b);
    return to == Dfa.NONE ? NoText.NONE : to(b, to, false);
  }

  private KeyPosition to(int b, int toState, boolean toClosed) {
    return new KeyPosition(still(declared, b), still(written, b), toState, toClosed);
  }

  private static Literals.Range still(Literals.Range taken, int b) {
    Literals.Range next = taken.isEmpty() ? taken : taken.next(b);
    return next.isEmpty() ? Literals.NONE.all() : next;
  }

  /** Whether no taken name goes on with a byte. */
  private boolean free(int b) {
    return still(declared, b).isEmpty() && still(written, b).isEmpty();
  }

  @Override
  public boolean complete() {
    return closed;
  }

  @Override
  public boolean open() {
    return !closed;
  }

  @Override
  public int cost() {
    return closed ? 0 : Math.min(Cost.NEVER, 1 + ((KeyPosition) next(cheapest())).cost());
  }

  @Override
  public int cheapest() {
    if (!CHARACTERS.accepting(state)) {
      return CHARACTERS.cheapest(state);
    }
    if (free('"')) {
      return '"';
    }
    for (int c = 'a'; c <= 'z'; c++) {
      if (free(c)) {
        return c;
      }
    }
    return 'a'; // towards a taken name, which has an end
  }

  /** What any name makes of a vocabulary, less the quotes at which a taken one would be whole. */
  @Override
  public Optional<Slice> slice(Slices slices) {
    Slice any = slices.name(state);
    if (declared.isEmpty() && written.isEmpty()) {
      return Optional.of(any);
    }
    TokenTrie trie = slices.tokens().trie();
    Set<Integer> whole = new HashSet<>();
    int longest = 0;
    for (Literals.Range taken : List.of(declared, written)) {
      for (int i = taken.low(); i < taken.high(); i++) {
        byte[] name = taken.literals().text(i);
        longest = Math.max(longest, name.length - taken.depth());
        whole.add(trie.find(0, name, taken.depth()));
      }
    }
    int[] crossings =
        Arrays.stream(any.crossings()).filter(node -> !whole.contains(node)).toArray();
    // A name that has gone past every taken one is free.
    return Optional.of(new Slice(any.inside(), any.costliest() + longest + 1, crossings));
  }
}
