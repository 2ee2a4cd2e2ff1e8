package dev.reticent.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What OpenAI's rows say of tools: those of a row, calls of the assistant and their results. */
final class ToolFields {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CALLS = "tool_calls";

  private ToolFields() {}

  /** Whether a field of a message by this role is one of a tool's. */
  static boolean has(String role, String field) {
    return role.equals("assistant")
        ? field.equals(CALLS)
        : role.equals("tool") && (field.equals("tool_call_id") || field.equals("name"));
  }

  /** Whether a message calls a tool, so that it need not say anything. */
  static boolean calls(JsonNode message, String role) {
    return role.equals("assistant") && !Values.isNothing(message.path(CALLS));
  }

  /** The fields as a chat template takes them; arguments as what their text says. */
  static Map<String, Object> of(JsonNode message, String role) throws BadRow {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (String field : Values.names(message)) {
      if (has(role, field) && !Values.isNothing(message.get(field))) {
        fields.put(
            field, field.equals(CALLS) ? callsOf(message.get(field)) : Values.text(message, field));
      }
    }
    return fields;
  }

  private static List<Map<String, Object>> callsOf(JsonNode list) throws BadRow {
    if (!list.isArray()) {
      throw new BadRow("\"tool_calls\" must be a list, found " + Values.kind(list));
    }
    List<Map<String, Object>> calls = new ArrayList<>();
    for (JsonNode call : list) {
      JsonNode function = call.path("function");
      if (!function.isObject()) {
        throw new BadRow(
            "\"tool_calls\", number %d: \"function\" must be an object with name and arguments, found %s"
                .formatted(calls.size() + 1, Values.kind(function)));
      }
      Map<String, Object> said = new LinkedHashMap<>();
      said.put("name", Values.text(function, "name"));
      said.put("arguments", arguments(function.path("arguments")));
      Map<String, Object> own = new LinkedHashMap<>();
      if (!Values.isNothing(call.path("id"))) {
        own.put("id", Values.text(call, "id"));
      }
      own.put("type", "function");
      own.put("function", said);
      calls.add(own);
    }
    return calls;
  }

  private static Object arguments(JsonNode given) throws BadRow {
    JsonNode read = given;
    if (given.isTextual()) {
      try {
        read = JsonRows.cell(given.textValue());
      } catch (JsonProcessingException e) {
        throw new BadRow("\"arguments\" is " + JsonFault.inAnArray(e));
      }
    }
    if (!read.isObject()) {
      throw new BadRow("\"arguments\" must be an object, or one as a JSON text");
    }
    return JSON.convertValue(read, Object.class);
  }

  /** The tools that a row offers, as they stand there. */
  static List<Map<String, Object>> tools(JsonNode row) throws BadRow {
    JsonNode list = row.path("tools");
    if (Values.isNothing(list)) {
      return List.of();
    }
    try {
      list = list.isTextual() ? JsonRows.cell(list.textValue()) : list;
    } catch (JsonProcessingException e) {
      throw new BadRow("\"tools\" is " + JsonFault.inAnArray(e));
    }
    List<Map<String, Object>> tools = new ArrayList<>();
    for (JsonNode tool : list) {
      if (!tool.path("function").path("name").isTextual()) {
        throw new BadRow(
            "\"tools\", number %d: expected {\"type\": \"function\", \"function\": {\"name\": …}}"
                .formatted(tools.size() + 1));
      }
      Map<String, Object> own = new LinkedHashMap<>();
      for (String field : Values.names(tool)) {
        own.put(field, JSON.convertValue(tool.get(field), Object.class));
      }
      tools.add(own);
    }
    return tools;
  }
}
