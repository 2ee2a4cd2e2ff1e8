package dev.reticent.constraint;

import java.util.function.Consumer;

/** What is still to be written: the topmost symbol first. Never changed, so tails are shared. */
final class Stack {
  static final Stack EMPTY = new Stack();

  private final Symbol top;
  private final Stack rest;
  private final int size;
  private final int cost;
  private final int hash;

  private Stack() {
    this.top = NoText.NONE;
    this.rest = this;
    this.size = 0;
    this.cost = 0;
    this.hash = 1;
  }

  private Stack(Symbol top, Stack rest) {
    this.top = top;
    this.rest = rest;
    this.size = rest.size + 1;
    this.cost = ByteCost.sum(top.cost(), rest.cost);
    this.hash = 31 * rest.hash + top.hashCode();
  }

  Stack push(Symbol symbol) {
    return new Stack(symbol, this);
  }

  Symbol top() {
    return top;
  }

  Stack rest() {
    return rest;
  }

  /** The bytes of a shortest completion. */
  int cost() {
    return cost;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Every stack with an open terminal on top that this one stands for, and the empty one. */
  void settle(Consumer<Stack> out) {
    if (cost == ByteCost.NEVER) {
      return;
    }
    if (isEmpty()) {
      out.accept(this);
    } else if (top instanceof Symbol.Structure structure) {
      structure.expand(rest, stack -> stack.settle(out));
    } else if (top instanceof Terminal terminal) {
      if (terminal.open()) {
        out.accept(this);
      }
      if (terminal.complete()) {
        rest.settle(out);
      }
    }
  }

  /** The stack after one more byte, if it has a terminal on top that takes it; not settled. */
  void next(int b, Consumer<Stack> out) {
    if (top instanceof Terminal terminal) {
      Symbol next = terminal.next(b);
      if (next != NoText.NONE) {
        out.accept(rest.push(next));
      }
    }
  }

  /** This stack with the innermost object told a name that was written into it. */
  Stack named(byte[] name) {
    if (isEmpty()) {
      return this;
    }
    if (top instanceof Members members) {
      return rest.push(members.named(name));
    }
    return rest.named(name).push(top);
  }

  @Override
  public boolean equals(Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof Stack stack) || hash != stack.hash || size != stack.size) {
      return false;
    }
    return size == 0 || (top.equals(stack.top) && rest.equals(stack.rest));
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
