package dev.reticent.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Values of one JSON type under one set of rules. */
sealed interface Variant permits Enumeration, Variant.Scalar, Variant.Listing, Variant.Mapping {
  /** The bytes of a shortest value with at most so many objects and arrays in one another. */
  int cost(int levels);

  /** Gives out {@code rest} with the parts of a value on top. */
  void open(Stack rest, int levels, Consumer<Stack> out);

  boolean accepts(JsonNode value);

  /** A value whose text is one terminal after another. */
  record Scalar(List<Terminal> parts, Predicate<JsonNode> test) implements Variant {
    @Override
    public int cost(int levels) {
      return pushed(Stack.EMPTY).cost();
    }

    @Override
    public void open(Stack rest, int levels, Consumer<Stack> out) {
      out.accept(pushed(rest));
    }

    private Stack pushed(Stack rest) {
      Stack stack = rest;
      for (int i = parts.size() - 1; i >= 0; i--) {
        stack = stack.push(parts.get(i));
      }
      return stack;
    }

    @Override
    public boolean accepts(JsonNode value) {
      return test.test(value);
    }
  }

  /**
   * An array: the first items each of a shape of their own, the others of one shape. Like shapes,
   * two are the same only if they are one.
   */
  record Listing(List<Shape> first, Shape others, int least, int most) implements Variant {
    private static final LiteralPosition OPEN = LiteralPosition.of("[");

    Shape item(int index) {
      return index < first.size() ? first.get(index) : others;
    }

    /** The bytes of the items from {@code index} on that must come, a comma with each. */
    int required(int index, int levels) {
      int cost = 0;
      int i = index;
      for (; i < Math.min(least, first.size()); i++) {
        cost = ByteCost.sum(cost, 1 + first.get(i).cost(levels));
      }
      return i < least
          ? ByteCost.sum(cost, ByteCost.times(least - i, 1 + others.cost(levels)))
          : cost;
    }

    @Override
    public int cost(int levels) {
      if (levels < 1 || least > most) {
        return ByteCost.NEVER;
      }
      return least == 0
          ? 2
          : ByteCost.sum(1, required(0, levels - 1)); // a comma less, two brackets
    }

    @Override
    public void open(Stack rest, int levels, Consumer<Stack> out) {
      out.accept(
          rest.push(new Items(this, levels - 1, 0, Place.FIRST))
              .push(DfaPosition.BLANK)
              .push(OPEN));
    }

    @Override
    public boolean accepts(JsonNode value) {
      if (!value.isArray() || value.size() < least || value.size() > most) {
        return false;
      }
      for (int i = 0; i < value.size(); i++) {
        if (!item(i).accepts(value.get(i))) {
          return false;
        }
      }
      return true;
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  /**
   * A member that an object may or must have.
   *
   * @param quoted the name as it is written
   */
  @SuppressWarnings("ArrayRecordComponent") // never changed or compared
  record Member(String name, Shape shape, boolean required, byte[] quoted) {}

  /**
   * Members that no schema lists.
   *
   * @param names those that they have, with their last quote
   */
  record Others(Dfa names, Shape shape) {}

  /**
   * An object: its members in their order, then others under other names. Two are the same only if
   * they are one.
   */
  final class Mapping implements Variant {
    private static final LiteralPosition OPEN = LiteralPosition.of("{");

    private final List<Member> members;
    private final List<Others> others;
    private final Taken taken;
    private final Names[] names; // by the first member that may still come
    private volatile int[][] required = {}; // by levels, then index

    /**
     * @param others no two of which have a name in common
     * @param taken the names of the members, each with its last quote
     */
    Mapping(List<Member> members, List<Others> others, Literals taken) {
      this.members = List.copyOf(members);
      this.others = List.copyOf(others);
      this.taken = new Taken(taken, Literals.NONE);
      this.names = new Names[members.size() + 1];
      int from = 0;
      for (int i = 0; i <= members.size(); i++) {
        if (i == members.size() || members.get(i).required()) {
          int to = Math.min(i + 1, members.size());
          Arrays.fill(names, from, i + 1, new Names(this.members, from, to));
          from = i + 1;
        }
      }
    }

    List<Member> members() {
      return members;
    }

    List<Others> others() {
      return others;
    }

    /**
     * Names one of which may come when the members before {@code index} are done: up to the first
     * that must.
     */
    Names names(int index) {
      return names[index];
    }

    /** The bytes of the members from {@code index} on that must come, a comma with each. */
    int required(int index, int levels) {
      int[][] known = required;
      return (levels < known.length ? known : required(levels))[levels][index];
    }

    private synchronized int[][] required(int levels) {
      int[][] known = required;
      for (int level = known.length; level <= levels; level++) {
        int[] sums = sums(level);
        known = Arrays.copyOf(known, level + 1);
        known[level] = level > 0 && Arrays.equals(sums, known[level - 1]) ? known[level - 1] : sums;
      }
      required = known;
      return known;
    }

    private int[] sums(int levels) {
      int[] sums = new int[members.size() + 1];
      for (int i = members.size() - 1; i >= 0; i--) {
        Member member = members.get(i);
        int cost = ByteCost.sum(member.quoted().length + 2, member.shape().cost(levels));
        sums[i] = member.required() ? ByteCost.sum(cost, sums[i + 1]) : sums[i + 1];
      }
      return sums;
    }

    @Override
    public int cost(int levels) {
      if (levels < 1) {
        return ByteCost.NEVER;
      }
      return Math.max(2, ByteCost.sum(1, required(0, levels - 1))); // a comma less, two braces
    }

    @Override
    public void open(Stack rest, int levels, Consumer<Stack> out) {
      out.accept(
          rest.push(new Members(this, levels - 1, 0, Place.FIRST, taken, false))
              .push(DfaPosition.BLANK)
              .push(OPEN));
    }

    @Override
    public boolean accepts(JsonNode value) {
      if (!value.isObject()) {
        return false;
      }
      Map<String, Member> byName = new TreeMap<>();
      for (Member member : members) {
        byName.put(member.name(), member);
        if (member.required() && !value.has(member.name())) {
          return false;
        }
      }
      return value.properties().stream()
          .allMatch(
              entry -> {
                Member member = byName.get(entry.getKey());
                return member == null
                    ? otherAccepts(entry.getKey(), entry.getValue())
                    : member.shape().accepts(entry.getValue());
              });
    }

    private boolean otherAccepts(String name, JsonNode value) {
      byte[] closed = JsonText.closed(name);
      return others.stream()
          .anyMatch(other -> other.names().matches(closed) && other.shape().accepts(value));
    }
  }

  /** Where between brackets the next part of an object or array comes. */
  enum Place {
    FIRST,
    AFTER_VALUE,
    AFTER_COMMA
  }
}
