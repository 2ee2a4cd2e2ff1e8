package dev.reticent.constraint;

import com.fasterxml.jackson.databind.JsonNode;
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

  /** An array: the first items each of a shape of their own, the others of one shape. */
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
        cost = Cost.sum(cost, 1 + first.get(i).cost(levels));
      }
      return i < least ? Cost.sum(cost, Cost.times(least - i, 1 + others.cost(levels))) : cost;
    }

    @Override
    public int cost(int levels) {
      if (levels < 1 || least > most) {
        return Cost.NEVER;
      }
      return least == 0 ? 2 : Cost.sum(1, required(0, levels - 1)); // a comma less, two brackets
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
  }

  /** A member that an object may or must have. */
  record Member(String name, Shape shape, boolean required, LiteralPosition text) {
    int cost(int levels) {
      return Cost.sum(text.cost() + 1, shape.cost(levels));
    }
  }

  /**
   * An object: its members in their order, then others of one shape under other names.
   *
   * @param taken the names of the members, each with its last quote
   */
  record Mapping(List<Member> members, Shape others, Literals taken) implements Variant {
    private static final LiteralPosition OPEN = LiteralPosition.of("{");

    /** The bytes of the members from {@code index} on that must come, a comma with each. */
    int required(int index, int levels) {
      int cost = 0;
      for (Member member : members.subList(index, members.size())) {
        cost = member.required() ? Cost.sum(cost, 1 + member.cost(levels)) : cost;
      }
      return cost;
    }

    @Override
    public int cost(int levels) {
      if (levels < 1) {
        return Cost.NEVER;
      }
      return Math.max(2, Cost.sum(1, required(0, levels - 1))); // a comma less, two braces
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
                return (member == null ? others : member.shape()).accepts(entry.getValue());
              });
    }
  }

  /** Where between brackets the next part of an object or array comes. */
  enum Place {
    FIRST,
    AFTER_VALUE,
    AFTER_COMMA
  }
}
