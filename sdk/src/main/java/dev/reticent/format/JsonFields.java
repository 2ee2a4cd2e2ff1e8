package dev.reticent.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.config.GitLfs;
import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The fields of one JSON object in a file, read by type.
 *
 * <p>Every accessor throws {@link UserInputException} naming the file, the key, what was found and
 * what was expected. A key whose value is {@code null} counts as absent; a default is given beside
 * the key where there is one.
 */
public final class JsonFields {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
  private static final int SHOWN = 80;

  private final Path file;
  private final String prefix;
  private final JsonNode node;

  private JsonFields(Path file, String prefix, JsonNode node) {
    this.file = file;
    this.prefix = prefix;
    this.node = node;
  }

  /** Reads a file that holds one JSON object. */
  public static JsonFields read(Path file) {
    JsonNode node;
    try {
      byte[] content = Files.readAllBytes(file);
      GitLfs.refuse(file, content);
      node = JSON.readTree(content);
    } catch (JsonProcessingException e) {
      throw new UserInputException(
          file + ": not valid JSON at " + place(e) + ": " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UserInputException(file + ": cannot be read: " + e, e);
    }
    if (!node.isObject()) {
      throw new UserInputException(file + ": expected a JSON object, found " + shown(node));
    }
    return new JsonFields(file, "", node);
  }

  private static String place(JsonProcessingException e) {
    return e.getLocation() == null
        ? "an unknown place"
        : "line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
  }

  /** The file these fields come from. */
  public Path file() {
    return file;
  }

  /** Whether the key is there with a value other than null. */
  public boolean has(String key) {
    return node.hasNonNull(key);
  }

  /** All keys, in the order of the file. */
  public Set<String> keys() {
    Set<String> keys = new LinkedHashSet<>();
    node.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  /** A whole number of at least 1. */
  public int positive(String key) {
    int value = integer(key);
    if (value < 1) {
      throw wrong(key, "a whole number of at least 1");
    }
    return value;
  }

  public int positive(String key, int absent) {
    return has(key) ? positive(key) : absent;
  }

  public int integer(String key) {
    String expected = "a whole number";
    if (has(key) && node.get(key).isIntegralNumber()) {
      expected += " of at most " + Integer.MAX_VALUE;
    }
    return value(key, expected, JsonFields::isInt, JsonNode::intValue);
  }

  public double number(String key) {
    return value(key, "a number", JsonNode::isNumber, JsonNode::doubleValue);
  }

  public double number(String key, double absent) {
    return has(key) ? number(key) : absent;
  }

  public boolean flag(String key, boolean absent) {
    return has(key)
        ? value(key, "true or false", JsonNode::isBoolean, JsonNode::booleanValue)
        : absent;
  }

  public String text(String key) {
    return value(key, "a string", JsonNode::isTextual, JsonNode::textValue);
  }

  public String text(String key, String absent) {
    return has(key) ? text(key) : absent;
  }

  /** A list of strings; empty when absent. */
  public List<String> texts(String key) {
    return list(key, "a list of strings", JsonNode::isTextual, JsonNode::textValue);
  }

  /** A list of whole numbers, or a single one; empty when absent. */
  public List<Integer> integers(String key) {
    if (has(key) && isInt(node.get(key))) {
      return List.of(node.get(key).intValue());
    }
    return list(
        key,
        "a whole number or a list of them",
        JsonFields::isInt,
        n -> Integer.valueOf(n.asInt()));
  }

  /** A list of numbers; empty when absent. */
  public List<Double> numbers(String key) {
    return list(key, "a list of numbers", JsonNode::isNumber, n -> Double.valueOf(n.asDouble()));
  }

  /** A nested object. */
  public JsonFields object(String key) {
    JsonNode inner = value(key, "an object", JsonNode::isObject, n -> n);
    return new JsonFields(file, prefix + key + ".", inner);
  }

  /** Whether the value is a list, and not absent. */
  public boolean isList(String key) {
    return has(key) && node.get(key).isArray();
  }

  /** Whether the value is true or false, and not absent. */
  public boolean isFlag(String key) {
    return has(key) && node.get(key).isBoolean();
  }

  /** Whether the value is an object, and not absent. */
  public boolean isObject(String key) {
    return has(key) && node.get(key).isObject();
  }

  /** Whether the value is absent, false, an empty list, an empty object or an empty string. */
  public boolean isEmpty(String key) {
    if (!has(key)) {
      return true;
    }
    JsonNode value = node.get(key);
    return value.isContainerNode()
        ? value.isEmpty()
        : value.isBoolean() ? !value.booleanValue() : value.isTextual() && value.asText().isEmpty();
  }

  /** The problem "this value is not what was expected", for callers with rules of their own. */
  public UserInputException wrong(String key, String expected) {
    String found = has(key) ? "found " + shown(node.get(key)) : "it is missing";
    return new UserInputException(
        file + ": \"" + prefix + key + "\": expected " + expected + ", " + found + ".");
  }

  private <T> T value(
      String key, String expected, Predicate<JsonNode> test, Function<JsonNode, T> read) {
    if (!has(key) || !test.test(node.get(key))) {
      throw wrong(key, expected);
    }
    return read.apply(node.get(key));
  }

  private <T> List<T> list(
      String key, String expected, Predicate<JsonNode> test, Function<JsonNode, T> read) {
    List<T> values = new ArrayList<>();
    if (has(key)) {
      if (!isList(key)) {
        throw wrong(key, expected);
      }
      for (JsonNode element : node.get(key)) {
        if (!test.test(element)) {
          throw wrong(key, expected);
        }
        values.add(read.apply(element));
      }
    }
    return List.copyOf(values);
  }

  private static boolean isInt(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToInt();
  }

  private static String shown(JsonNode node) {
    if (node.isMissingNode()) {
      return "an empty file";
    }
    String text = node.toString();
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + " …";
  }
}
