package dev.reticent.constraint;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/**
 * A place in the name of a member that no schema lists, after its first quote; the name is not
 * taken. Names have one spelling, so that two that differ in bytes differ.
 *
 * @param declared the listed names that begin like this one
 * @param written the written ones
 * @param names the names that there may be, with their last quote
 * @param state of {@code names}
 */
record KeyPosition(Literals.Range declared, Literals.Range written, Dfa names, int state)
    implements Terminal {

  static KeyPosition start(Taken taken, Dfa names) {
    return new KeyPosition(taken.declared().all(), taken.written().all(), names, 0);
  }

  /** Whether the name begins like no taken one. */
  private boolean free() {
    return declared.isEmpty() && written.isEmpty();
  }

  private boolean whole() {
    return names.accepting(state);
  }

  @Override
  public Terminal next(int b) {
    int to = names.next(state, b);
    if (to == Dfa.NONE) {
      return NoText.NONE;
    }
    KeyPosition next = new KeyPosition(still(declared, b), still(written, b), names, to);
    return next.whole() && !next.free() ? NoText.NONE : next;
  }

  private static Literals.Range still(Literals.Range taken, int b) {
    Literals.Range next = taken.isEmpty() ? taken : taken.next(b);
    return next.isEmpty() ? Literals.NONE.all() : next;
  }

  @Override
  public boolean complete() {
    return whole();
  }

  @Override
  public boolean open() {
    return !whole();
  }

  @Override
  public int cost() {
    return free() ? names.distance(state) : way().cost();
  }

  @Override
  public int cheapest() {
    return free() ? names.cheapest(state) : way().first();
  }

  /** A shortest way to a name that is free. */
  private record Way(int first, int cost) {}

  /** A place on the way, and the byte with which the way began. */
  private record Step(KeyPosition at, int first, int depth) {}

  /** Breadth first along the taken names: whatever leaves them is free. */
  private Way way() {
    Way best = new Way(0, ByteCost.NEVER);
    Queue<Step> queue = new ArrayDeque<>(List.of(new Step(this, 0, 0)));
    while (!queue.isEmpty() && queue.element().depth() + 1 < best.cost()) {
      Step step = queue.remove();
      for (int i = 0; i < 256; i++) {
        int b = (i + '"') & 0xFF; // the quote first, since it ends the name
        if (step.at().next(b) instanceof KeyPosition next) {
          int first = step.depth() == 0 ? b : step.first();
          int depth = step.depth() + 1;
          if (!next.free()) {
            queue.add(new Step(next, first, depth));
          } else if (ByteCost.sum(depth, next.cost()) < best.cost()) {
            best = new Way(first, ByteCost.sum(depth, next.cost()));
          }
        }
      }
    }
    return best;
  }

  /** What any name makes of a vocabulary, less the quotes at which a taken one would be whole. */
  @Override
  public Optional<Slice> slice(Slices slices) {
    Slice any = slices.walked(new DfaPosition(names, state));
    if (free()) {
      return Optional.of(any);
    }
    if (names != StringRule.ANY) {
      return Optional.empty(); // there may be no free name at all
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
