package dev.reticent.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** The values that a place in an answer may hold: any of its variants. Shapes may be recursive. */
final class Shape {
  /** Objects and arrays in one another; parsers have limits too. */
  static final int MOST_LEVELS = 64;

  /** No value at all. */
  static final Shape NOTHING = new Shape();

  static {
    measure(List.of(NOTHING));
  }

  private List<Variant> variants = List.of();
  private int[] costs = new int[0];

  void become(List<Variant> value) {
    variants = List.copyOf(value);
  }

  List<Variant> variants() {
    return variants;
  }

  /** The bytes of a shortest value with at most so many objects and arrays in one another. */
  int cost(int levels) {
    return levels < 0 ? ByteCost.NEVER : costs[Math.min(levels, costs.length - 1)];
  }

  boolean accepts(JsonNode value) {
    return variants.stream().anyMatch(variant -> variant.accepts(value));
  }

  /** Works out the costs of shapes that refer to one another, level by level. */
  static void measure(Iterable<Shape> shapes) {
    boolean changed = true;
    for (int levels = 0; levels <= MOST_LEVELS && changed; levels++) {
      changed = levels == 0;
      for (Shape shape : shapes) {
        int cost = ByteCost.NEVER;
        for (Variant variant : shape.variants) {
          cost = Math.min(cost, variant.cost(levels));
        }
        changed |= levels > 0 && cost != shape.costs[levels - 1];
        shape.costs = Arrays.copyOf(shape.costs, levels + 1);
        shape.costs[levels] = cost;
      }
    }
  }

  /** A value of a shape that is about to be written. */
  record Value(Shape shape, int levels) implements Symbol.Structure {
    @Override
    public int cost() {
      return shape.cost(levels);
    }

    @Override
    public void expand(Stack rest, Consumer<Stack> out) {
      for (Variant variant : shape.variants) {
        if (variant.cost(levels) != ByteCost.NEVER) {
          variant.open(rest, levels, out);
        }
      }
    }
  }
}
