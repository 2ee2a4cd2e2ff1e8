package dev.reticent.serving;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * An answer other than 200, in the shape that OpenAI's clients read.
 *
 * @param param the field it is about; empty for none
 * @param retryAfterSeconds when to try again; 0 where trying again does not help
 */
record ApiError(
    int status, String type, String code, String param, String message, int retryAfterSeconds) {
  private static final String BAD = "invalid_request_error";

  static ApiError invalid(String param, String message) {
    return new ApiError(400, BAD, "invalid_value", param, message, 0);
  }

  static ApiError unsupported(String param, String message) {
    return new ApiError(400, BAD, "unsupported_parameter", param, message, 0);
  }

  static ApiError malformed(String message) {
    return new ApiError(400, BAD, "invalid_json", "", message, 0);
  }

  static ApiError tooLong(String param, String message) {
    return new ApiError(400, BAD, "context_length_exceeded", param, message, 0);
  }

  static ApiError of(int status, String code, String message) {
    return new ApiError(status, BAD, code, "", message, 0);
  }

  static ApiError overloaded(String message) {
    return new ApiError(429, "rate_limit_error", "overloaded", "", message, 1);
  }

  static ApiError unavailable(String code, String message, int retryAfterSeconds) {
    return new ApiError(503, "unavailable_error", code, "", message, retryAfterSeconds);
  }

  static ApiError server(String message) {
    return new ApiError(500, "server_error", "internal_error", "", message, 0);
  }

  ObjectNode json() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    ObjectNode error = root.putObject("error");
    error.put("message", message).put("type", type);
    if (param.isEmpty()) {
      error.putNull("param");
    } else {
      error.put("param", param);
    }
    error.put("code", code);
    return root;
  }
}
