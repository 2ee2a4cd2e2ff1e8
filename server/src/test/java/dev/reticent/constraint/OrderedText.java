package dev.reticent.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes a value as a grammar lets it through, its members in the first order that goes. */
final class OrderedText {
  private final Grammar grammar;

  OrderedText(Grammar grammar) {
    this.grammar = grammar;
  }

  /** The state after a value; empty if it is not let through. */
  Optional<State> after(State state, JsonNode value) {
    if (value.isArray()) {
      Optional<State> now = text(state, "[");
      for (int i = 0; i < value.size() && now.isPresent(); i++) {
        JsonNode item = value.get(i);
        now = (i == 0 ? now : text(now.get(), ",")).flatMap(s -> after(s, item));
      }
      return now.flatMap(s -> text(s, "]"));
    }
    if (value.isObject()) {
      List<Map.Entry<String, JsonNode>> members = new ArrayList<>(value.properties());
      return text(state, "{").flatMap(s -> members(s, members, ""));
    }
    return text(state, value.toString());
  }

  private Optional<State> members(
      State state, List<Map.Entry<String, JsonNode>> left, String comma) {
    if (left.isEmpty()) {
      return text(state, "}");
    }
    for (var member : left) {
      List<Map.Entry<String, JsonNode>> others = new ArrayList<>(left);
      others.remove(member);
      Optional<State> after =
          name(state, comma, member.getKey()).flatMap(s -> after(s, member.getValue()));
      // The next one in the grammar's order is one after which none is too late.
      boolean next =
          after.isPresent()
              && others.stream()
                  .map(Map.Entry::getKey)
                  .filter(other -> name(state, comma, other).isPresent())
                  .allMatch(other -> name(after.get(), ",", other).isPresent());
      if (next) {
        return members(after.get(), others, ",");
      }
    }
    return Optional.empty();
  }

  private Optional<State> name(State state, String comma, String name) {
    String quoted = TextNode.valueOf(name).toString();
    byte[] bytes = quoted.getBytes(StandardCharsets.UTF_8);
    return text(state, comma + quoted)
        .map(s -> grammar.named(s, Arrays.copyOfRange(bytes, 1, bytes.length)))
        .flatMap(s -> text(s, ":"));
  }

  private Optional<State> text(State state, String text) {
    State now = state;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      now = grammar.next(now, b & 0xFF);
      if (now.isDead()) {
        return Optional.empty();
      }
    }
    return Optional.of(now);
  }
}
