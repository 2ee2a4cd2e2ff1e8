package dev.reticent.constraint;

import dev.reticent.constraint.Variant.Mapping;
import dev.reticent.constraint.Variant.Member;
import dev.reticent.constraint.Variant.Place;
import java.util.function.Consumer;

/**
 * The rest of an object, its last brace included.
 *
 * @param levels how many objects and arrays may still be in one another inside a member
 * @param index of the first member that may still come
 * @param taken the names that no further member may have, each with its last quote
 * @param unnamed whether a member was written whose name is not yet among {@code taken}; until
 *     {@link #named} tells it, no other of the kind may begin
 */
record Members(Mapping mapping, int levels, int index, Place place, Literals taken, boolean unnamed)
    implements Symbol.Structure {
  private static final LiteralPosition CLOSE = LiteralPosition.of("}");
  private static final LiteralPosition COMMA = LiteralPosition.of(",");
  private static final LiteralPosition COLON = LiteralPosition.of(":");
  private static final LiteralPosition QUOTE = LiteralPosition.of("\"");

  /** The object with a name that was written, its last quote included. */
  Members named(byte[] name) {
    return unnamed ? new Members(mapping, levels, index, place, taken.with(name), false) : this;
  }

  @Override
  public int cost() {
    int required = mapping.required(index, levels) + 1;
    if (place == Place.AFTER_VALUE) {
      return required;
    }
    if (place == Place.FIRST) {
      return Math.max(1, required - 1);
    }
    int[] least = {Cost.NEVER};
    expand(Stack.EMPTY, stack -> least[0] = Math.min(least[0], stack.cost()));
    return least[0];
  }

  @Override
  public void expand(Stack rest, Consumer<Stack> out) {
    boolean mayEnd = mapping.required(index, levels) == 0;
    if (place == Place.AFTER_VALUE) {
      if (mayEnd) {
        out.accept(rest.push(CLOSE).push(DfaPosition.BLANK));
      }
      Members comma = new Members(mapping, levels, index, Place.AFTER_COMMA, taken, unnamed);
      if (comma.cost() != Cost.NEVER) {
        out.accept(rest.push(comma).push(DfaPosition.BLANK).push(COMMA));
      }
      return;
    }
    if (place == Place.FIRST && mayEnd) {
      out.accept(rest.push(CLOSE));
    }
    for (int i = index; i < mapping.members().size(); i++) {
      Member member = mapping.members().get(i);
      if (member.cost(levels) != Cost.NEVER) {
        out.accept(member(rest, i + 1, member.shape(), unnamed).push(member.text()));
      }
      if (member.required()) {
        return;
      }
    }
    if (!unnamed && mapping.others().cost(levels) != Cost.NEVER) {
      out.accept(
          member(rest, mapping.members().size(), mapping.others(), true)
              .push(KeyPosition.start(taken))
              .push(QUOTE));
    }
  }

  private Stack member(Stack rest, int next, Shape shape, boolean nextUnnamed) {
    return rest.push(new Members(mapping, levels, next, Place.AFTER_VALUE, taken, nextUnnamed))
        .push(new Shape.Value(shape, levels))
        .push(DfaPosition.SPACE)
        .push(COLON);
  }
}
