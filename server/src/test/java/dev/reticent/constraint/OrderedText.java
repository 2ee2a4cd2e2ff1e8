package dev.reticent.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.reticent.constraint.Variant.Mapping;
import dev.reticent.constraint.Variant.Member;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes a value as a grammar lets it through, the members of its objects in every order that some
 * reading of the schema asks for. What is left are the readings of all of these texts.
 */
final class OrderedText {
  private final Grammar grammar;

  OrderedText(Grammar grammar) {
    this.grammar = grammar;
  }

  /** The state after a value; dead if it is not let through in any order. */
  State after(State state, JsonNode value) {
    if (value.isArray()) {
      State now = text(state, "[");
      for (int i = 0; i < value.size(); i++) {
        now = after(i == 0 ? now : text(now, ","), value.get(i));
      }
      return text(now, "]");
    }
    if (value.isObject()) {
      return object(state, value);
    }
    State listed = text(state, value.toString()); // a schema may list it with an exponent
    State plain = value.isNumber() ? text(state, value.decimalValue().toPlainString()) : listed;
    return union(listed, plain);
  }

  private static State union(State one, State other) {
    Set<Stack> stacks = new LinkedHashSet<>(one.stacks());
    stacks.addAll(other.stacks());
    return State.of(stacks);
  }

  private State object(State state, JsonNode value) {
    List<Map.Entry<String, JsonNode>> given = new ArrayList<>(value.properties());
    State open = text(state, "{");
    Set<List<Map.Entry<String, JsonNode>>> orders = new LinkedHashSet<>();
    orders.add(given); // of a value that the schema lists
    mappings(open).forEach(mapping -> orders.add(ordered(given, mapping)));
    State all = State.DEAD;
    for (List<Map.Entry<String, JsonNode>> order : orders) {
      State now = open;
      for (int i = 0; i < order.size() && !now.isDead(); i++) {
        var member = order.get(i);
        now = after(name(now, i == 0 ? "" : ",", member.getKey()), member.getValue());
      }
      all = union(all, text(now, "}"));
    }
    return all;
  }

  /** What the object that has just begun may be, in each of its readings. */
  private static Set<Mapping> mappings(State open) {
    Set<Mapping> mappings = new LinkedHashSet<>();
    for (Stack stack : open.stacks()) {
      boolean found = false;
      for (Stack at = stack; !at.isEmpty() && !found; at = at.rest()) {
        found = true;
        if (at.top() instanceof Members members) {
          mappings.add(members.mapping());
        } else if (at.top() instanceof MemberName name) {
          mappings.add(name.object().mapping());
        } else {
          found = false;
        }
      }
    }
    return mappings;
  }

  private static List<Map.Entry<String, JsonNode>> ordered(
      List<Map.Entry<String, JsonNode>> given, Mapping mapping) {
    Map<String, Integer> places = new HashMap<>();
    for (Member member : mapping.members()) {
      places.put(member.name(), places.size());
    }
    List<Map.Entry<String, JsonNode>> order = new ArrayList<>(given);
    order.sort(
        Comparator.comparingInt(member -> places.getOrDefault(member.getKey(), places.size())));
    return order;
  }

  private State name(State state, String comma, String name) {
    String quoted = TextNode.valueOf(name).toString();
    byte[] bytes = quoted.getBytes(StandardCharsets.UTF_8);
    State named = text(state, comma + quoted);
    return named.isDead()
        ? named
        : text(grammar.named(named, Arrays.copyOfRange(bytes, 1, bytes.length)), ":");
  }

  private State text(State state, String text) {
    State now = state;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      now = now.isDead() ? now : grammar.next(now, b & 0xFF);
    }
    return now;
  }
}
