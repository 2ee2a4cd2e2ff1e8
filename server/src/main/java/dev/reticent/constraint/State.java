package dev.reticent.constraint;

import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Everything that may still follow the bytes read so far: one stack for each way to read them.
 *
 * <p>Bytes read so far always have a completion; {@link #DEAD}, which has none, is what other bytes
 * lead to.
 */
final class State {
  /** More ways to read a text are dropped, the longest first: what is left is still valid. */
  private static final int MOST_READINGS = 500;

  static final State DEAD = new State(Set.of());

  private final Set<Stack> stacks;
  private final int cost;
  private final int hash;
  private State[] memo = new State[0];
  private Mask mask = Mask.NONE;
  private List<Integer> ending = List.of();

  /**
   * The tokens that may come next.
   *
   * @param costliest the most bytes that a completion after one of them takes
   */
  record Mask(BitSet ids, int costliest) {
    static final Mask NONE = new Mask(new BitSet(), -1);

    boolean isEmpty() {
      return costliest < 0;
    }
  }

  private State(Set<Stack> stacks) {
    this.stacks = stacks;
    this.cost = stacks.stream().mapToInt(Stack::cost).min().orElse(Cost.NEVER);
    this.hash = stacks.hashCode();
  }

  static State of(Stack stack) {
    Set<Stack> settled = new LinkedHashSet<>();
    stack.settle(settled::add);
    return of(settled);
  }

  private static State of(Set<Stack> stacks) {
    return stacks.isEmpty() ? DEAD : new State(Collections.unmodifiableSet(stacks));
  }

  /** Whether no completion exists. */
  boolean isDead() {
    return stacks.isEmpty();
  }

  /** Whether the answer may end here. */
  boolean complete() {
    return stacks.contains(Stack.EMPTY);
  }

  /** The bytes of a shortest completion. */
  int cost() {
    return cost;
  }

  /** The state after one more byte, worked out once. */
  State next(int b, Automaton automaton) {
    if (memo.length == 0) {
      memo = new State[256];
    }
    State next = memo[b];
    if (next == null) {
      Set<Stack> read = new LinkedHashSet<>();
      stacks.forEach(stack -> stack.next(b, read::add));
      Set<Stack> settled = new LinkedHashSet<>();
      read.stream()
          .sorted(Comparator.comparingInt(Stack::cost))
          .limit(MOST_READINGS)
          .forEach(stack -> stack.settle(settled::add));
      next = automaton.intern(of(settled));
      memo[b] = next;
    }
    return next;
  }

  Mask mask() {
    return mask;
  }

  void keep(Mask value) {
    mask = value;
  }

  /** Tokens that complete the answer; none before they were worked out. */
  List<Integer> ending() {
    return ending;
  }

  void keep(List<Integer> value) {
    ending = List.copyOf(value);
  }

  /** The next byte of a shortest completion, where the state is not complete. */
  int cheapest() {
    for (Stack stack : stacks) {
      if (stack.cost() == cost && stack.top() instanceof Terminal terminal) {
        // A complete terminal is here beside the stack under it, which costs no more.
        if (!terminal.complete()) {
          return terminal.cheapest();
        }
      }
    }
    throw new IllegalStateException("no way on from here");
  }

  /** Whether the bytes read so far may end in the name of a member. */
  boolean inName() {
    return stacks.stream().anyMatch(stack -> stack.top() instanceof KeyPosition);
  }

  /** The same state with the innermost object told a name that was written into it. */
  State named(byte[] name) {
    Set<Stack> told = new LinkedHashSet<>();
    stacks.forEach(stack -> told.add(stack.named(name)));
    return of(told);
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof State state && hash == state.hash && stacks.equals(state.stacks));
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
