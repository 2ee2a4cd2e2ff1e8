package dev.reticent.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The values that {@code enum} and {@code const} leave, written in one way each. */
final class Enumeration implements Variant {
  private final List<List<JsonNode>> lists = new ArrayList<>();
  private final List<Variant> typed;
  private Terminal start = NoText.NONE;

  /**
   * @param nodes schemas that must all hold, one at least with a list of values
   * @param typed what their other keywords admit
   */
  Enumeration(List<SchemaNode> nodes, List<Variant> typed) {
    this.typed = typed;
    for (SchemaNode node : nodes) {
      if (node.has("const")) {
        lists.add(List.of(node.get("const")));
      }
      if (node.has("enum")) {
        JsonNode values = node.get("enum");
        if (!values.isArray() || values.isEmpty()) {
          throw node.refused("enum", "a list of one or more values", values);
        }
        List<JsonNode> list = new ArrayList<>();
        values.forEach(list::add);
        lists.add(list);
      }
    }
  }

  /** Sorts the values out, once every shape they are checked with is there. */
  void settle(boolean asciiOnly) {
    start =
        LiteralPosition.of(
            lists.get(0).stream()
                .filter(value -> among(lists.subList(1, lists.size()), value))
                .map(value -> JsonText.utf8(JsonText.write(value, asciiOnly)))
                .toList());
  }

  @Override
  public int cost(int levels) {
    return start.cost();
  }

  @Override
  public void open(Stack rest, int levels, Consumer<Stack> out) {
    out.accept(rest.push(start));
  }

  @Override
  public boolean accepts(JsonNode value) {
    return among(lists, value);
  }

  private boolean among(List<List<JsonNode>> every, JsonNode value) {
    return every.stream().allMatch(list -> list.stream().anyMatch(one -> same(one, value)))
        && typed.stream().anyMatch(variant -> variant.accepts(value));
  }

  /** Equality of JSON values: numbers by value, objects without order. */
  private static boolean same(JsonNode a, JsonNode b) {
    return a.equals(
        (x, y) ->
            x.isNumber() && y.isNumber()
                ? x.decimalValue().compareTo(y.decimalValue())
                : x.equals(y) ? 0 : 1,
        b);
  }
}
