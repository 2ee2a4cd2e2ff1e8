package dev.reticent.evaluation.judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.reticent.evaluation.AnswerMatch;
import dev.reticent.evaluation.Chrf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A rule that grades in a judge's place where there is none, over the same protocol, on this
 * machine only.
 *
 * <p>It is no language model and understands nothing. Correctness: 5 for the target itself
 * (normalised as in SQuAD); else 4, 3, 2 from a token F1 of 0.8, 0.5, 0.25; else 1. Similarity: 5,
 * 4, 3, 2 from a chrF of 95, 75, 50, 25; else 1. Comparing: the greater token F1.
 */
public final class StandInJudge implements AutoCloseable {
  /** What every report of its grades says. */
  public static final String WARNING =
      "No language model graded these answers. The stand-in judge is a rule over the words that"
          + " answer and target share; its grades say nothing of what GPT-4 would give.";

  static final String MODEL = "reticent-stand-in";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(2);

  private StandInJudge(HttpServer server) {
    this.server = server;
    server.createContext("/v1/chat/completions", StandInJudge::handle);
    server.setExecutor(threads);
    server.start();
  }

  /** Starts one on a free port of the loopback interface. */
  public static StandInJudge start() {
    try {
      return new StandInJudge(
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
    } catch (IOException e) {
      throw new UncheckedIOException("the stand-in judge found no free port", e);
    }
  }

  /** Where it listens, as an OpenAI client wants it. */
  public String baseUrl() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
  }

  private static void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      JsonNode request = JSON.readTree(exchange.getRequestBody());
      byte[] body = JSON.writeValueAsBytes(completion(request, content(request)));
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /** A chat completion with this text, and about as many tokens as there are. */
  static ObjectNode completion(JsonNode request, String text) {
    ObjectNode completion = JSON.createObjectNode();
    completion.put("id", "chatcmpl-0").put("object", "chat.completion").put("created", 0);
    completion.put("model", MODEL).put("system_fingerprint", "fp_rule_1");
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

  /** What the rule says to a request. */
  static String content(JsonNode request) {
    JsonNode messages = request.path("messages");
    String user = messages.path(messages.size() - 1).path("content").asText();
    Map<String, String> texts = Prompts.texts(user);
    String target = texts.getOrDefault("TARGET", "");
    if (texts.containsKey("ANSWER_A")) {
      double a = AnswerMatch.tokenF1(texts.getOrDefault("ANSWER_A", ""), target);
      double b = AnswerMatch.tokenF1(texts.getOrDefault("ANSWER_B", ""), target);
      String winner = a > b ? "A" : a < b ? "B" : "tie";
      return JSON.createObjectNode()
          .put("justification", "Token F1 is %.2f and %.2f.".formatted(a, b))
          .put("winner", winner)
          .toString();
    }
    String answer = texts.getOrDefault("ANSWER", "");
    boolean correctness = messages.toString().contains(Criterion.ANSWER_CORRECTNESS.key());
    int score = correctness ? correctness(answer, target) : similarity(answer, target);
    String why =
        correctness
            ? "Token F1 with the target is %.2f.".formatted(AnswerMatch.tokenF1(answer, target))
            : "chrF with the target is %.0f.".formatted(Chrf.sentence(answer, target));
    return texts.isEmpty()
        ? "I see nothing to grade."
        : messages.size() == 1
            ? "score: " + score + "\njustification: " + why
            : JSON.createObjectNode().put("justification", why).put("score", score).toString();
  }

  private static int correctness(String answer, String target) {
    double f1 = AnswerMatch.tokenF1(answer, target);
    return AnswerMatch.normalised(answer, target)
        ? 5
        : f1 >= 0.8 ? 4 : f1 >= 0.5 ? 3 : f1 >= 0.25 ? 2 : 1;
  }

  private static int similarity(String answer, String target) {
    double chrf = Chrf.sentence(answer, target);
    return chrf >= 95 ? 5 : chrf >= 75 ? 4 : chrf >= 50 ? 3 : chrf >= 25 ? 2 : 1;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
