package dev.reticent.constraint;

import dev.reticent.constraint.Variant.Listing;
import dev.reticent.constraint.Variant.Place;
import java.util.function.Consumer;

/**
 * The rest of an array, its last bracket included.
 *
 * @param levels how many objects and arrays may still be in one another inside an item
 * @param index of the next item; it stays where every further index is alike
 */
record Items(Listing listing, int levels, int index, Place place) implements Symbol.Structure {
  private static final LiteralPosition CLOSE = LiteralPosition.of("]");
  private static final LiteralPosition COMMA = LiteralPosition.of(",");

  @Override
  public int cost() {
    int required = listing.required(index, levels) + 1;
    return switch (place) {
      case FIRST -> Math.max(1, required - 1);
      case AFTER_VALUE -> required;
      case AFTER_COMMA -> item().cost();
    };
  }

  private Shape.Value value() {
    return new Shape.Value(listing.item(index), levels);
  }

  /** An item and what follows it, as costs. */
  private Stack item() {
    return Stack.EMPTY.push(new Items(listing, levels, after(), Place.AFTER_VALUE)).push(value());
  }

  private int after() {
    boolean alike =
        listing.most() == StringPosition.UNBOUNDED
            && index >= Math.max(listing.least(), listing.first().size());
    return alike ? index : index + 1;
  }

  @Override
  public void expand(Stack rest, Consumer<Stack> out) {
    boolean mayEnd = index >= listing.least();
    boolean mayGoOn = index < listing.most() && value().cost() != ByteCost.NEVER;
    switch (place) {
      case FIRST -> {
        if (mayEnd) {
          out.accept(rest.push(CLOSE));
        }
        if (mayGoOn) {
          item(rest, out);
        }
      }
      case AFTER_VALUE -> {
        if (mayEnd) {
          out.accept(rest.push(CLOSE).push(DfaPosition.BLANK));
        }
        if (mayGoOn) {
          out.accept(
              rest.push(new Items(listing, levels, index, Place.AFTER_COMMA))
                  .push(DfaPosition.BLANK)
                  .push(COMMA));
        }
      }
      case AFTER_COMMA -> item(rest, out);
    }
  }

  private void item(Stack rest, Consumer<Stack> out) {
    out.accept(rest.push(new Items(listing, levels, after(), Place.AFTER_VALUE)).push(value()));
  }
}
