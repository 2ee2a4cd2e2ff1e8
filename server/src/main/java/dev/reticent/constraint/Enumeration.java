package dev.reticent.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The values that {@code enum} and {@code const} leave, written in one way each. */
final class Enumeration implements Variant {
  private static final double MOST_PLAIN = 1e15;

  private final List<List<JsonNode>> lists = new ArrayList<>();
  private final List<Set<String>> known = new ArrayList<>(); // each list in canonical form
  private final List<Variant> typed;
  private Terminal start = NoText.NONE;
  private int cost = ByteCost.NEVER;

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
    lists.forEach(
        list -> known.add(list.stream().map(JsonText::canonical).collect(Collectors.toSet())));
  }

  /** Sorts the values out, once every shape they are checked with is there. */
  void settle(boolean asciiOnly, WorkLimit work) {
    lists.forEach(list -> work.spend(20L * list.size()));
    List<byte[]> texts = new ArrayList<>();
    for (JsonNode value : lists.get(0)) {
      if (accepts(value)) {
        texts.add(JsonText.utf8(JsonText.write(value, asciiOnly)));
        whole(value).ifPresent(text -> texts.add(JsonText.utf8(text)));
      }
    }
    start = LiteralPosition.of(texts);
    cost = start.cost();
  }

  /** How most write a whole number, such as 2 where 2.0 is listed. */
  private static Optional<String> whole(JsonNode value) {
    boolean plain =
        value.isNumber()
            && Math.abs(value.doubleValue()) < MOST_PLAIN
            && value.decimalValue().stripTrailingZeros().scale() <= 0;
    return plain ? Optional.of(value.decimalValue().toBigInteger().toString()) : Optional.empty();
  }

  @Override
  public int cost(int levels) {
    return cost;
  }

  @Override
  public void open(Stack rest, int levels, Consumer<Stack> out) {
    out.accept(rest.push(start));
  }

  @Override
  public boolean accepts(JsonNode value) {
    String canonical = JsonText.canonical(value);
    return known.stream().allMatch(list -> list.contains(canonical))
        && typed.stream().anyMatch(variant -> variant.accepts(value));
  }
}
