package dev.reticent.constraint;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Everything that may still follow the bytes read so far: one stack for each way to read them.
 *
 * <p>Bytes read so far always have a completion; {@link #DEAD}, which has none, is what other bytes
 * lead to. Thread-safe: what is kept for later is the same whoever works it out.
 */
final class State {
  /**
   * A schema has fewer alternatives than this. What has more readings is recursive and ambiguous at
   * every level: the longest to complete are dropped, and what is left is still valid.
   */
  private static final int MOST_READINGS = 1200;

  static final State DEAD = new State(Set.of());

  private final Set<Stack> stacks;
  private final int cost;
  private final int hash;
  private final AtomicReferenceArray<State> after = new AtomicReferenceArray<>(256);
  private volatile Mask mask = Mask.NONE;

  private State(Set<Stack> stacks) {
    this.stacks = stacks;
    this.cost = stacks.stream().mapToInt(Stack::cost).min().orElse(ByteCost.NEVER);
    this.hash = stacks.hashCode();
  }

  static State of(Stack stack) {
    Set<Stack> settled = new LinkedHashSet<>();
    stack.settle(settled::add);
    return of(settled);
  }

  /** A state of settled stacks. */
  static State of(Collection<Stack> settled) {
    return settled.isEmpty()
        ? DEAD
        : new State(Collections.unmodifiableSet(new LinkedHashSet<>(settled)));
  }

  /** The ways to read what was read. */
  Set<Stack> stacks() {
    return stacks;
  }

  /** Whether no completion exists. */
  boolean isDead() {
    return stacks.isEmpty();
  }

  /** Whether the answer may end here. */
  boolean complete() {
    return stacks.contains(Stack.EMPTY);
  }

  /** Whether the answer must end here. */
  boolean over() {
    return complete() && stacks.size() == 1;
  }

  /** The bytes of a shortest completion. */
  int cost() {
    return cost;
  }

  /** About how much memory it holds. */
  long bytes() {
    return 1200 + 100L * stacks.size();
  }

  /** The state after one more byte, worked out once. */
  State next(int b, Automaton automaton, WorkLimit work) {
    work.spend(stacks.size());
    State known = after.getAcquire(b);
    if (known != null) {
      return known;
    }
    List<Stack> read = new ArrayList<>();
    stacks.forEach(stack -> stack.next(b, read::add));
    Set<Stack> settled = new LinkedHashSet<>();
    (read.size() > MOST_READINGS ? cheapest(read) : read)
        .forEach(stack -> stack.settle(settled::add));
    State next = automaton.intern(of(settled));
    after.setRelease(b, next);
    return next;
  }

  private static List<Stack> cheapest(List<Stack> stacks) {
    return stacks.stream()
        .distinct()
        .sorted(Comparator.comparingInt(Stack::cost))
        .limit(MOST_READINGS)
        .toList();
  }

  Mask mask() {
    return mask;
  }

  void keep(Mask value) {
    mask = value;
  }

  /** A cheapest way on, where the state is not complete. */
  Stack cheapest() {
    for (Stack stack : stacks) {
      // A complete terminal is here beside the stack under it, which costs no more.
      if (stack.cost() == cost
          && stack.top() instanceof Terminal terminal
          && !terminal.complete()) {
        return stack;
      }
    }
    throw new IllegalStateException("no way on from here");
  }

  /** The one byte that may come next, or -1 where there is a choice or nothing need come. */
  int only(Automaton automaton, WorkLimit work) {
    if (isDead() || complete() || inName()) {
      return -1;
    }
    int only = ((Terminal) cheapest().top()).cheapest();
    for (int b = 0; b < 256; b++) {
      if (b != only && !next(b, automaton, work).isDead()) {
        return -1;
      }
    }
    return only;
  }

  /** Whether the bytes so far can be completed where some byte has no token of its own. */
  boolean whole(TokenTable tokens) {
    return tokens.everyByte()
        || complete()
        || (cheapest().top() instanceof Terminal terminal && tokens.whole(terminal));
  }

  /** Whether the bytes read so far may end in the name of a member that no schema lists. */
  boolean inName() {
    return stacks.stream().anyMatch(stack -> stack.top() instanceof KeyPosition);
  }

  /** This state with the innermost object told a name that was written into it. */
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
