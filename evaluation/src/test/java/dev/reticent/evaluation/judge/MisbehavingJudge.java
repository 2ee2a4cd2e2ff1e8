package dev.reticent.evaluation.judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A judge over HTTP that does what a question asks for in its first word: {@code busy}, {@code
 * broken}, {@code lost}, {@code page}, {@code down}, {@code garbage}, {@code cut}, {@code seven},
 * {@code refuses}, {@code filter}, {@code wrong}, {@code quota}, {@code unauthorised}, {@code
 * schemaless}, {@code silent}, {@code parts}, {@code choiceless}, {@code wordless}, {@code wavers}.
 * All else is graded by the stand-in's rule.
 */
public final class MisbehavingJudge implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What was asked. */
  public record Asked(String path, Map<String, List<String>> headers, JsonNode body) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(8);
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final Map<String, Integer> attempts = new ConcurrentHashMap<>();

  private MisbehavingJudge(HttpServer server) {
    this.server = server;
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  public static MisbehavingJudge start() throws IOException {
    return new MisbehavingJudge(
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  public List<Asked> asked() {
    return asked;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      JsonNode request = JSON.readTree(exchange.getRequestBody());
      asked.add(
          new Asked(
              exchange.getRequestURI().toString(),
              Map.copyOf(exchange.getRequestHeaders()),
              request));
      JsonNode messages = request.path("messages");
      String user = messages.path(messages.size() - 1).path("content").asText();
      String question = SentPrompt.texts(user).getOrDefault("QUESTION", "");
      int attempt = attempts.merge(user, 1, Integer::sum);
      Thread.sleep(3 + question.length() % 7); // a little latency, not the same for all
      answer(exchange, request, question.split(" ")[0], attempt);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void answer(HttpExchange exchange, JsonNode request, String mood, int attempt)
      throws IOException {
    ObjectNode good = completion(request, StandInJudge.said(SentPrompt.of(request)));
    ObjectNode choice = (ObjectNode) good.path("choices").path(0);
    ObjectNode message = (ObjectNode) choice.path("message");
    good.put("model", "gpt-4-0613");
    switch (mood) {
      case "busy" -> {
        exchange.getResponseHeaders().set("retry-after-ms", "20");
        if (attempt <= 2) {
          error(exchange, 429, "rate_limit_exceeded", "too many requests");
          return;
        }
      }
      case "broken" -> {
        exchange.getResponseHeaders().set("Retry-After", "0");
        if (attempt == 1) {
          error(exchange, 502, "", "bad gateway");
          return;
        }
      }
      case "lost" -> {
        if (attempt == 1) {
          return; // closes the connection without a word
        }
      }
      case "page" -> {
        if (attempt == 1) {
          send(exchange, 200, "<html>maintenance</html>");
          return;
        }
      }
      case "down" -> {
        exchange.getResponseHeaders().set("Retry-After", "0");
        error(exchange, 503, "", "down for maintenance");
        return;
      }
      case "quota" -> {
        error(exchange, 429, "insufficient_quota", "you exceeded your current quota");
        return;
      }
      case "unauthorised" -> {
        String key = exchange.getRequestHeaders().getFirst("Authorization");
        error(exchange, 401, "invalid_api_key", "Incorrect API key provided: " + key);
        return;
      }
      case "filter" -> {
        error(exchange, 400, "content_filter", "the prompt was filtered");
        return;
      }
      case "wrong" -> {
        error(exchange, 400, "context_length_exceeded", "too long for this model");
        return;
      }
      case "schemaless" -> {
        if (request.has("response_format")) {
          error(exchange, 400, "", "unknown field response_format");
          return;
        }
      }
      case "garbage" -> message.put("content", "I would say it is quite good, four or so.");
      case "cut" -> choice.put("finish_reason", "length");
      case "seven" -> message.put("content", "{\"justification\": \"superb\", \"score\": 7}");
      case "refuses" -> message.putNull("content").put("refusal", "I cannot help with that.");
      case "choiceless" -> good.putArray("choices");
      case "wordless" -> choice.remove("message");
      case "parts" -> {
        String verdict = message.path("content").asText();
        ArrayNode parts = message.putArray("content");
        parts.addObject().put("type", "reasoning").putArray("summary").addObject().put("text", "5");
        parts.addObject().put("type", "text").put("text", verdict);
      }
      case "silent" -> good.remove("usage");
      case "wavers" ->
          message.put(
              "content", "{\"justification\": \"x\", \"score\": %d}".formatted(attempt + 1));
      default -> {}
    }
    send(exchange, 200, good.toString());
  }

  /** A chat completion with this text, and about as many tokens as there are. */
  private static ObjectNode completion(JsonNode request, String text) {
    ObjectNode completion = JSON.createObjectNode();
    completion.put("id", "chatcmpl-0").put("object", "chat.completion").put("created", 0);
    completion.put("system_fingerprint", "fp_rule_1");
    ObjectNode choice = completion.putArray("choices").addObject();
    choice.put("index", 0).put("finish_reason", "stop").putNull("logprobs");
    choice.putObject("message").put("role", "assistant").put("content", text).putNull("refusal");
    int asked = request.path("messages").toString().getBytes(StandardCharsets.UTF_8).length / 4;
    int said = text.length() / 4 + 1;
    completion
        .putObject("usage")
        .put("prompt_tokens", asked)
        .put("completion_tokens", said)
        .put("total_tokens", asked + said);
    return completion;
  }

  private static void error(HttpExchange exchange, int status, String code, String message)
      throws IOException {
    ObjectNode body = JSON.createObjectNode();
    body.putObject("error").put("message", message).put("code", code).put("type", "error");
    send(exchange, status, body.toString());
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
