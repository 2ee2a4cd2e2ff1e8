package dev.reticent.serving;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The fields of a JSON object, each read once with its type and range; {@code null} means not
 * given. Every problem is noted, and a preset is returned in its place.
 */
final class RequestFields {
  private final JsonNode node;
  private final String prefix;
  private final List<ApiError> problems;
  private final Set<String> declared = new LinkedHashSet<>();

  RequestFields(JsonNode node) {
    this(node, "", new ArrayList<>());
  }

  private RequestFields(JsonNode node, String prefix, List<ApiError> problems) {
    this.node = node;
    this.prefix = prefix;
    this.problems = problems;
  }

  /** The object as it is. */
  JsonNode node() {
    return node;
  }

  List<ApiError> problems() {
    return problems;
  }

  /** Every name asked for so far. */
  Set<String> declared() {
    return declared;
  }

  /** The names in the object that nobody asked for. */
  List<String> unknown() {
    List<String> unknown = new ArrayList<>();
    node.fieldNames()
        .forEachRemaining(
            name -> {
              if (!declared.contains(name)) {
                unknown.add(name);
              }
            });
    return unknown;
  }

  /** A value as it is; empty when it is not there or null. */
  Optional<JsonNode> given(String name) {
    declared.add(name);
    JsonNode value = node.get(name);
    return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
  }

  void wrong(String name, String message) {
    problems.add(ApiError.invalid(prefix + name, prefix + name + ": " + message));
  }

  void unsupported(String name, String message) {
    problems.add(ApiError.unsupported(prefix + name, prefix + name + " " + message));
  }

  /** The object under a name, to be read in the same way; empty when it is not there. */
  Optional<RequestFields> object(String name) {
    Optional<JsonNode> value = given(name);
    if (value.isPresent() && !value.get().isObject()) {
      mistyped(name, value.get(), "an object");
      return Optional.empty();
    }
    return value.map(v -> new RequestFields(v, prefix + name + ".", problems));
  }

  /** The objects of a list, to be read in the same way. */
  List<RequestFields> objects(String name, JsonNode list) {
    List<RequestFields> fields = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      String place = name + "[" + i + "]";
      if (list.get(i).isObject()) {
        fields.add(new RequestFields(list.get(i), prefix + place + ".", problems));
      } else {
        mistyped(place, list.get(i), "an object");
      }
    }
    return fields;
  }

  String text(String name, String preset) {
    Optional<JsonNode> value = given(name);
    if (value.isPresent() && !value.get().isTextual()) {
      mistyped(name, value.get(), "a text");
      return preset;
    }
    return value.map(JsonNode::textValue).orElse(preset);
  }

  boolean flag(String name, boolean preset) {
    Optional<JsonNode> value = given(name);
    if (value.isPresent() && !value.get().isBoolean()) {
      mistyped(name, value.get(), "true or false");
      return preset;
    }
    return value.map(JsonNode::booleanValue).orElse(preset);
  }

  /** A number from low to high. */
  double number(String name, double preset, double low, double high) {
    Optional<JsonNode> value = given(name);
    if (value.isEmpty()) {
      return preset;
    }
    double number = value.get().isNumber() ? value.get().doubleValue() : Double.NaN;
    if (!(number >= low && number <= high)) {
      mistyped(name, value.get(), "a number from " + shown(low) + " to " + shown(high));
      return preset;
    }
    return number;
  }

  /** A whole number from low to high; empty when it is not there. */
  OptionalInt whole(String name, int low, int high) {
    Optional<JsonNode> value = given(name);
    if (value.isEmpty()) {
      return OptionalInt.empty();
    }
    OptionalInt number = whole(value.get(), low, high);
    if (number.isEmpty()) {
      mistyped(name, value.get(), "a whole number from " + low + " to " + high);
    }
    return number;
  }

  /** A whole number within range; 1.0 is one too, as some clients write it. */
  static OptionalInt whole(JsonNode value, int low, int high) {
    if (!value.isNumber() || value.doubleValue() != Math.rint(value.doubleValue())) {
      return OptionalInt.empty();
    }
    double number = value.doubleValue();
    return number >= low && number <= high ? OptionalInt.of((int) number) : OptionalInt.empty();
  }

  OptionalLong longNumber(String name) {
    Optional<JsonNode> value = given(name);
    if (value.isPresent() && !(value.get().isIntegralNumber() && value.get().canConvertToLong())) {
      mistyped(name, value.get(), "a whole number of 64 bits");
      return OptionalLong.empty();
    }
    return value.isPresent() ? OptionalLong.of(value.get().longValue()) : OptionalLong.empty();
  }

  void mistyped(String name, JsonNode found, String expected) {
    // What was found is named by its kind or number only: texts may be what a user typed.
    String shown =
        found.isNumber() && found.asText().length() <= 32
            ? found.asText()
            : "a JSON " + found.getNodeType().name().toLowerCase(java.util.Locale.ROOT);
    wrong(name, "found " + shown + ", expected " + expected + ".");
  }

  private static String shown(double limit) {
    return limit == Math.rint(limit) ? Long.toString((long) limit) : Double.toString(limit);
  }
}
