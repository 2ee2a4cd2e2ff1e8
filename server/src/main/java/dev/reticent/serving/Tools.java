package dev.reticent.serving;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.config.UserInputException;
import dev.reticent.constraint.SchemaRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tools that an answer may or must call.
 *
 * @param offered those that the model is told of
 * @param form what the answer looks like: free until a call begins, or a call at once; empty where
 *     none may be called
 * @param forced whether it is a call at once
 */
record Tools(
    List<Tool> offered, Optional<AnswerFormat> form, boolean forced, Optional<ToolSyntax> syntax) {
  static final Tools NONE = new Tools(List.of(), Optional.empty(), false, Optional.empty());
  private static final int MOST = 128;
  private static final SchemaRules STRICT = SchemaRules.STANDARD.withStrict(true);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};

  /** The tools as a chat template reads them. */
  List<Map<String, Object>> declared() {
    return offered.stream().map(tool -> JSON.convertValue(tool.declared(), MAP)).toList();
  }

  /** About how many characters a chat template makes of them. */
  long size() {
    return offered.stream().mapToLong(Tool::size).sum();
  }

  /** Whether an answer may hold a call. */
  boolean callable() {
    return form.isPresent();
  }

  /** Where an API has the name and the parameters of a function. */
  enum Shape {
    /** Under {@code function}, as in chat completions. */
    NESTED,
    /** Beside {@code type}, as in responses. */
    FLAT
  }

  /** Reads {@code tools}, {@code tool_choice} and {@code parallel_tool_calls}. */
  static Tools read(RequestFields fields, Optional<ToolSyntax> syntax, Shape shape) {
    Optional<JsonNode> given = fields.given("tools");
    Optional<JsonNode> choice = fields.given("tool_choice");
    boolean parallel = fields.flag("parallel_tool_calls", true);
    if (given.isEmpty() || (given.get().isArray() && given.get().isEmpty())) {
      choice
          .filter(c -> !c.asText().equals("none") && !c.asText().equals("auto"))
          .ifPresent(c -> fields.wrong("tool_choice", "needs tools."));
      return NONE;
    }
    if (!given.get().isArray() || given.get().size() > MOST) {
      fields.wrong("tools", "expected a list of at most " + MOST + " tools.");
      return NONE;
    }
    if (syntax.isEmpty()) {
      fields.unsupported(
          "tools", "is not supported: this model's chat template has no known way to call them.");
      return NONE;
    }
    List<Tool> tools = new ArrayList<>();
    for (RequestFields tool : fields.objects("tools", given.get())) {
      one(tool, shape).ifPresent(tools::add);
    }
    return chosen(fields, choice, List.copyOf(tools), syntax.get(), parallel, shape);
  }

  private static Optional<Tool> one(RequestFields tool, Shape shape) {
    if (!tool.text("type", "function").equals("function")) {
      tool.unsupported("type", "other than function is not supported.");
      return Optional.empty();
    }
    boolean flat = shape == Shape.FLAT;
    String place = flat ? "" : "function.";
    Optional<RequestFields> function = flat ? Optional.of(tool) : tool.object("function");
    String name = function.map(f -> f.text("name", "")).orElse("");
    if (!name.matches("[A-Za-z0-9_.-]{1,64}")) {
      tool.wrong(place + "name", "expected 1 to 64 letters, digits, dots, dashes and underscores.");
      return Optional.empty();
    }
    Optional<JsonNode> parameters = function.flatMap(f -> f.given("parameters"));
    if (parameters.isPresent() && !parameters.get().isObject()) {
      tool.wrong(place + "parameters", "expected a JSON Schema.");
      return Optional.empty();
    }
    ObjectNode schema =
        parameters.map(p -> (ObjectNode) p).orElseGet(JsonNodeFactory.instance::objectNode);
    if (function.filter(f -> f.flag("strict", false)).isPresent()) {
      try {
        STRICT.check(schema);
      } catch (UserInputException e) {
        tool.wrong(place + "parameters", String.valueOf(e.getMessage()));
      }
    }
    return Optional.of(new Tool(name, flat ? nested(tool) : tool.node(), schema));
  }

  /** As chat templates know it. */
  private static JsonNode nested(RequestFields tool) {
    ObjectNode declared = JsonNodeFactory.instance.objectNode().put("type", "function");
    ObjectNode function = declared.putObject("function");
    for (String name : new String[] {"name", "description", "parameters"}) {
      tool.given(name).ifPresent(value -> function.set(name, value));
    }
    return declared;
  }

  private static Tools chosen(
      RequestFields fields,
      Optional<JsonNode> choice,
      List<Tool> tools,
      ToolSyntax syntax,
      boolean parallel,
      Shape shape) {
    if (tools.isEmpty()) {
      return NONE; // none of them can be read, which is told
    }
    JsonNode how = choice.orElse(JsonNodeFactory.instance.textNode("auto"));
    if (how.isTextual() && how.textValue().equals("none")) {
      return new Tools(tools, Optional.empty(), false, Optional.of(syntax));
    }
    String named = how.at(shape == Shape.FLAT ? "/name" : "/function/name").asText();
    List<Tool> callable =
        how.isObject() ? tools.stream().filter(t -> t.name().equals(named)).toList() : tools;
    boolean known = how.isObject() || List.of("auto", "required").contains(how.asText());
    if (!known || callable.isEmpty()) {
      fields.wrong(
          "tool_choice", "expected none, auto, required, or a function that is among the tools.");
      return NONE;
    }
    boolean forced = !how.asText().equals("auto");
    JsonNode schema = syntax.schema(callable, parallel && !how.isObject());
    AnswerFormat form =
        forced ? new AnswerFormat.Schema(schema, false) : new AnswerFormat.Calls(schema);
    return new Tools(tools, Optional.of(form), forced, Optional.of(syntax));
  }
}
