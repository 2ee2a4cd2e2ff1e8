package dev.reticent.serving;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Requests that are wrong for sure, each drawn from a seed: a valid request with one thing broken,
 * in its values, its syntax or its bytes.
 */
final class Malformed {
  /** In every prompt; must come back nowhere. */
  static final String SECRET = "xq7-secret-of-the-prompt";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Values that a field does not take, as JSON; S stands for the secret. */
  private static final Map<String, List<String>> WRONG =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("model", List.of("1", "null", "[]", "{}", "\"\"", "true")),
              Map.entry("max_tokens", List.of("0", "-1", "1.5", "\"S\"", "[]", "1e99", "true")),
              Map.entry("max_completion_tokens", List.of("0", "-7", "{}", "2147483648")),
              Map.entry("temperature", List.of("-0.1", "101", "\"S\"", "[1]", "1e400")),
              Map.entry("top_p", List.of("0", "-1", "1.01", "\"S\"", "{}")),
              Map.entry("top_k", List.of("-2", "1.5", "\"S\"", "1e10")),
              Map.entry("min_p", List.of("-0.5", "2", "\"S\"")),
              Map.entry("seed", List.of("1.5", "\"S\"", "1e30", "9223372036854775808", "true")),
              Map.entry("n", List.of("0", "9", "-1", "1.5", "\"S\"", "16384")),
              Map.entry(
                  "stop",
                  List.of(
                      "1",
                      "\"\"",
                      "[\"a\",1]",
                      "[\"\"]",
                      "{}",
                      "[\"1\",\"2\",\"3\",\"4\",\"5\"]",
                      "\"\\ud800\"")),
              Map.entry("stop_token_ids", List.of("1", "[-1]", "[384]", "[\"S\"]", "[1.5]")),
              Map.entry(
                  "logit_bias",
                  List.of(
                      "1",
                      "[]x",
                      "{\"S\":1}",
                      "{\"384\":1}",
                      "{\"5\":101}",
                      "{\"5\":\"S\"}",
                      "{\"-1\":1}")),
              Map.entry("frequency_penalty", List.of("2.1", "-3", "\"S\"")),
              Map.entry("presence_penalty", List.of("9", "\"S\"", "[]")),
              Map.entry("repetition_penalty", List.of("0", "-1", "101", "\"S\"")),
              Map.entry("stream", List.of("1", "\"true\"", "[]", "{}")),
              Map.entry("stream_options", List.of("1", "{\"include_usage\":true}", "[]", "\"S\"")),
              Map.entry("ignore_eos", List.of("1", "\"S\"")),
              Map.entry(
                  "response_format",
                  List.of(
                      "1",
                      "{\"type\":\"S\"}",
                      "{}",
                      "{\"type\":\"json_schema\"}",
                      "{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{\"contains\":1}}}",
                      "{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{\"type\":\"odd\"}}}",
                      "{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{\"pattern\":\"(\",\"type\":\"string\"}}}",
                      "{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{\"$ref\":\"#\"}}}",
                      "{\"type\":\"json_schema\",\"json_schema\":{\"schema\":1}}")),
              Map.entry("tools", List.of("[{\"type\":\"function\"}]", "\"S\"", "1")),
              Map.entry("best_of", List.of("2", "\"S\"")),
              Map.entry("min_tokens", List.of("1")),
              Map.entry("guided_regex", List.of("\"S\"")),
              Map.entry("suffix", List.of("\"S\"")),
              Map.entry("cache_salt", List.of("\"S\""))));

  private static final List<String> BAD_PROMPTS =
      List.of(
          "1",
          "null",
          "[]",
          "{}",
          "true",
          "[[]]",
          "[\"S\",1]",
          "[1,\"S\"]",
          "[-1]",
          "[384]",
          "[1.5]",
          "[[1],[]]",
          "\"\\udc00\"",
          "[null]");

  private static final List<String> BAD_MESSAGES =
      List.of(
          "1",
          "null",
          "[]",
          "{}",
          "\"S\"",
          "[1]",
          "[{}]",
          "[{\"role\":\"user\"}]",
          "[{\"content\":\"S\"}]",
          "[{\"role\":\"S\",\"content\":\"S\"}]",
          "[{\"role\":\"tool\",\"content\":\"S\"}]",
          "[{\"role\":\"user\",\"content\":1}]",
          "[{\"role\":\"user\",\"content\":[1]}]",
          "[{\"role\":\"user\",\"content\":[{}]}]",
          "[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"file:///S\"}}]}]",
          "[{\"role\":\"user\",\"content\":\"S\",\"name\":\"S\"}]",
          "[{\"role\":\"user\",\"content\":\"\\ud83d\"}]",
          "[{\"role\":\"assistant\",\"content\":\"S\",\"tool_calls\":[{\"id\":\"S\"}]}]");

  private final SplittableRandom random;
  private final boolean chat;

  private Malformed(long seed) {
    this.random = new SplittableRandom(seed);
    this.chat = random.nextBoolean();
  }

  /** A path and the bytes of a body. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Request(String path, byte[] body) {}

  static Request of(long seed) {
    return new Malformed(seed).draw();
  }

  private Request draw() {
    String path = chat ? Http.CHAT : Http.COMPLETIONS;
    byte[] body =
        switch (random.nextInt(8)) {
          case 0, 1, 2, 3 -> utf8(wrongValue());
          case 4 -> truncated();
          case 5 -> garbage();
          case 6 -> brokenBytes();
          default -> utf8(structure());
        };
    return new Request(path, body);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private ObjectNode valid() {
    ObjectNode node = JSON.createObjectNode();
    node.put("model", Servers.MODEL).put("max_tokens", random.nextInt(1, 9));
    if (chat) {
      node.putArray("messages").addObject().put("role", "user").put("content", text());
    } else {
      node.put("prompt", text());
    }
    if (random.nextBoolean()) {
      node.put("temperature", random.nextDouble()).put("user", SECRET);
    }
    if (random.nextInt(4) == 0) {
      node.put("seed", random.nextLong()).put("unknown_" + random.nextInt(5), SECRET);
    }
    return node;
  }

  private String text() {
    StringBuilder text = new StringBuilder(SECRET);
    int length = random.nextInt(40);
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(
          random.nextInt(3) == 0 ? 0x1F600 + random.nextInt(60) : 32 + random.nextInt(900));
    }
    return text.toString();
  }

  private String wrongValue() {
    ObjectNode node = valid();
    String field;
    String value;
    if (random.nextInt(4) == 0) {
      field = chat ? "messages" : "prompt";
      value = pick(chat ? BAD_MESSAGES : BAD_PROMPTS);
    } else {
      field = pick(List.copyOf(WRONG.keySet()));
      value = pick(WRONG.get(field));
    }
    node.remove(field);
    String rest = node.toString();
    return rest.substring(0, rest.length() - 1)
        + ",\""
        + field
        + "\":"
        + value.replace("S", SECRET)
        + "}";
  }

  private byte[] truncated() {
    byte[] whole = utf8(valid().toString());
    return Arrays.copyOf(whole, random.nextInt(whole.length));
  }

  /** Bytes that do not begin as an object does. */
  private byte[] garbage() {
    byte[] bytes = new byte[random.nextInt(1, 400)];
    random.nextBytes(bytes);
    if (bytes[0] == '{' || (bytes[0] <= ' ' && bytes[0] >= 0)) {
      bytes[0] = '}';
    }
    return bytes;
  }

  /** A byte inside a text that UTF-8 or JSON does not have there. */
  private byte[] brokenBytes() {
    byte[] whole = utf8(valid().toString());
    int at =
        new String(whole, StandardCharsets.ISO_8859_1).indexOf(SECRET)
            + random.nextInt(SECRET.length());
    whole[at] = new byte[] {(byte) 0xff, (byte) 0xc0, 0, 10, (byte) 0x80, '"'}[random.nextInt(6)];
    return whole;
  }

  private String structure() {
    String whole = valid().toString();
    return switch (random.nextInt(7)) {
      case 0 -> "[" + whole + "]";
      case 1 -> whole + whole;
      case 2 -> "[".repeat(random.nextInt(1, 50_000));
      case 3 -> "{\"a\":".repeat(random.nextInt(1, 20_000));
      case 4 -> whole.substring(0, whole.length() - 1) + ",\"model\":\"" + Servers.MODEL + "\"}";
      case 5 ->
          whole.substring(0, whole.length() - 1)
              + ",\"seed\":"
              + "9".repeat(random.nextInt(1100, 3000))
              + "}";
      default -> "";
    };
  }

  private <T> T pick(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  /** Whether the body could be understood as JSON at all; for the summary. */
  static boolean parses(Request request) {
    try {
      JsonNode node = JSON.readTree(request.body());
      return node != null && node.isObject();
    } catch (java.io.IOException e) {
      return false;
    }
  }
}
