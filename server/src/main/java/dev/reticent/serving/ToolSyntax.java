package dev.reticent.serving;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.text.PromptFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How a family of models writes calls of tools; tool-syntax.json lists those that are known.
 *
 * @param sign what a chat template of the family holds
 * @param begin the text before a call; empty where a call is all that an answer holds
 * @param list whether calls come as a list; else an answer holds one
 * @param arguments the name under which a call has its arguments
 */
record ToolSyntax(String name, String sign, String begin, boolean list, String arguments) {
  private static final int MOST_CALLS = 16;
  private static final List<ToolSyntax> KNOWN = read();

  /** Where a message speaks of a tool's parameters within the schema of all calls. */
  private static final Pattern PLACE =
      Pattern.compile("at #((?:/items)?/anyOf/\\d+)/properties/(?:%s)".formatted(argumentNames()));

  private static String argumentNames() {
    return KNOWN.stream().map(ToolSyntax::arguments).distinct().collect(Collectors.joining("|"));
  }

  private static List<ToolSyntax> read() {
    try {
      ObjectMapper mapper = new ObjectMapper();
      return List.of(mapper.readValue(Resources.read("tool-syntax.json"), ToolSyntax[].class));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The syntax that a model's chat template asks for; empty if it knows no tools. */
  static Optional<ToolSyntax> of(PromptFormat format) {
    return KNOWN.stream().filter(syntax -> format.mentions(syntax.sign())).findFirst();
  }

  /** What is wrong with a schema of {@link #schema}, with the place in the tool where it is. */
  static String told(JsonNode schema, String message) {
    return PLACE
        .matcher(message)
        .replaceAll(
            place -> {
              String tool = schema.at(place.group(1) + "/properties/name/const").asText();
              return Matcher.quoteReplacement("in the parameters of " + tool + " at #");
            });
  }

  /** What calls of some tools look like after {@link #begin}. */
  JsonNode schema(List<Tool> tools, boolean parallel) {
    ObjectNode call = JsonNodeFactory.instance.objectNode();
    ArrayNode any = call.putArray("anyOf");
    for (Tool tool : tools) {
      ObjectNode one = any.addObject().put("type", "object");
      ObjectNode properties = one.putObject("properties");
      properties.putObject("name").put("const", tool.name());
      properties.set(arguments, tool.schema());
      one.putArray("required").add("name").add(arguments);
      one.put("additionalProperties", false);
    }
    if (!list) {
      return call;
    }
    ObjectNode calls = JsonNodeFactory.instance.objectNode().put("type", "array");
    calls.put("minItems", 1).put("maxItems", parallel ? MOST_CALLS : 1);
    calls.set("items", call);
    return calls;
  }
}
