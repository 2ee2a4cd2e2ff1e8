package dev.reticent.constraint;

import dev.reticent.constraint.Variant.Mapping;
import dev.reticent.constraint.Variant.Others;
import dev.reticent.constraint.Variant.Place;
import java.util.List;
import java.util.function.Consumer;

/**
 * The rest of an object, its last brace included.
 *
 * @param levels how many objects and arrays may still be in one another inside a member
 * @param index of the first member that may still come
 * @param taken the names that no further member may have
 * @param unnamed whether a member was written whose name is not yet among {@code taken}; until
 *     {@link #named} tells it, no other of the kind may begin
 */
record Members(Mapping mapping, int levels, int index, Place place, Taken taken, boolean unnamed)
    implements Symbol.Structure {
  private static final LiteralPosition CLOSE = LiteralPosition.of("}");
  private static final LiteralPosition COMMA = LiteralPosition.of(",");
  private static final LiteralPosition COLON = LiteralPosition.of(":");
  private static final LiteralPosition QUOTE = LiteralPosition.of("\"");

  /** The object with a name that was written, its last quote included. */
  Members named(byte[] name) {
    return unnamed ? new Members(mapping, levels, index, place, taken.with(name), false) : this;
  }

  /** The names of members one of which may come next, and of some that came before. */
  Names names() {
    return mapping.names(index);
  }

  /** Whether a member of {@link #names} may come next. */
  boolean mayHave(int member) {
    return member >= index && mapping.members().get(member).shape().cost(levels) != ByteCost.NEVER;
  }

  private Members at(Place next) {
    return new Members(mapping, levels, index, next, taken, unnamed);
  }

  private Members after(int next, boolean nextUnnamed) {
    return new Members(mapping, levels, next, Place.AFTER_VALUE, taken, nextUnnamed);
  }

  @Override
  public int cost() {
    int required = mapping.required(index, levels) + 1;
    return switch (place) {
      case AFTER_VALUE -> required;
      case FIRST -> Math.max(1, required - 1);
      case AFTER_COMMA -> Math.min(MemberName.start(this).cost(), otherCost());
    };
  }

  private boolean mayHaveOthers() {
    return !unnamed && mapping.required(index, levels) == 0;
  }

  private int otherCost() {
    int least = ByteCost.NEVER;
    for (Others other : mayHaveOthers() ? mapping.others() : List.<Others>of()) {
      int name = KeyPosition.start(taken, other.names()).cost() + 2; // a quote, a colon
      least = Math.min(least, ByteCost.sum(name, other.shape().cost(levels) + 1));
    }
    return least;
  }

  @Override
  public void expand(Stack rest, Consumer<Stack> out) {
    boolean mayEnd = mapping.required(index, levels) == 0;
    if (place == Place.AFTER_VALUE) {
      if (mayEnd) {
        out.accept(rest.push(CLOSE).push(DfaPosition.BLANK));
      }
      Members comma = at(Place.AFTER_COMMA);
      if (comma.cost() != ByteCost.NEVER) {
        out.accept(rest.push(comma).push(DfaPosition.BLANK).push(COMMA));
      }
      return;
    }
    if (place == Place.FIRST && mayEnd) {
      out.accept(rest.push(CLOSE));
    }
    MemberName name = MemberName.start(at(Place.AFTER_COMMA));
    if (name.open()) {
      out.accept(rest.push(name));
    }
    for (Others other : mayHaveOthers() ? mapping.others() : List.<Others>of()) {
      if (other.shape().cost(levels) != ByteCost.NEVER) {
        Stack after = rest.push(after(mapping.members().size(), true));
        out.accept(
            value(after, other.shape(), levels)
                .push(KeyPosition.start(taken, other.names()))
                .push(QUOTE));
      }
    }
  }

  private static Stack value(Stack rest, Shape shape, int levels) {
    return rest.push(new Shape.Value(shape, levels)).push(DfaPosition.SPACE).push(COLON);
  }

  /** An object after the name of a declared member. */
  record Named(Members object, int member) implements Symbol.Structure {
    @Override
    public int cost() {
      Mapping mapping = object.mapping();
      int value = mapping.members().get(member).shape().cost(object.levels());
      return ByteCost.sum(value, mapping.required(member + 1, object.levels()) + 2);
    }

    @Override
    public void expand(Stack rest, Consumer<Stack> out) {
      Stack after = rest.push(object.after(member + 1, object.unnamed()));
      Shape shape = object.mapping().members().get(member).shape();
      out.accept(value(after, shape, object.levels()));
    }
  }
}
