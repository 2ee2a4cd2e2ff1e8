package dev.reticent.serving;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.sampling.FinishReason;
import dev.reticent.sampling.GeneratedToken;
import dev.reticent.sampling.Generation;
import dev.reticent.serving.TextRequest.Api;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;

/** Answers as choices, in the shapes of completions and chat completions. */
final class ChoicesWriter implements AnswerWriter {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final TextRequest request;
  private final String id;
  private final long createdSeconds;
  private final String fingerprint;
  private final LogprobsWriter logprobs;
  private final ToolAnswers tools;
  private final Map<Integer, OpenText> templates = new HashMap<>(); // of chunks, by index

  ChoicesWriter(
      TextRequest request, String id, long createdSeconds, String fingerprint, TokenTexts texts) {
    this.request = request;
    this.id = id;
    this.createdSeconds = createdSeconds;
    this.fingerprint = fingerprint;
    this.logprobs = new LogprobsWriter(request, texts);
    this.tools = new ToolAnswers(request.tools(), texts);
  }

  private boolean chat() {
    return request.api() == Api.CHAT;
  }

  private ObjectNode head(String object) {
    ObjectNode node = JSON.objectNode();
    node.put("id", id).put("object", object).put("created", createdSeconds);
    return node.put("model", request.model()).put("system_fingerprint", fingerprint);
  }

  @Override
  public ObjectNode whole(SortedMap<Integer, Generation> generations, List<String> echoes) {
    ObjectNode node = head(chat() ? "chat.completion" : "text_completion");
    ArrayNode choices = node.putArray("choices");
    generations.forEach(
        (index, generation) -> {
          ObjectNode choice = choices.addObject().put("index", index);
          String text = echoes.get(index) + generation.text();
          Optional<ToolAnswers.Called> called = tools.of(generation);
          if (chat()) {
            message(choice.putObject("message").put("role", "assistant"), called, text);
          } else {
            choice.put("text", text);
          }
          choice.set(
              "logprobs",
              request.logprobs() ? logprobs.of(index, all(generation)) : JSON.nullNode());
          choice.put("finish_reason", reason(called, generation));
        });
    node.set("usage", usage(generations));
    return node;
  }

  private static void message(
      ObjectNode message, Optional<ToolAnswers.Called> called, String text) {
    if (called.isEmpty()) {
      message.put("content", text);
      return;
    }
    String said = called.get().text();
    message.put("content", said.isEmpty() ? null : said);
    message.set("tool_calls", called.get().calls());
  }

  @Override
  public void begin(SseWriter stream, List<String> echoes) {
    for (int i = 0; i < echoes.size(); i++) {
      stream.data(first(i, echoes.get(i)));
    }
  }

  @Override
  public void piece(SseWriter stream, int index, GeneratedToken token) {
    stream.data(json -> piece(json, index, token.text(), List.of(token)));
  }

  @Override
  public void finish(SseWriter stream, int index, String rest, Generation generation) {
    Optional<ToolAnswers.Called> called = tools.of(generation);
    called.ifPresent(found -> calls(index, found).forEach(stream::data));
    if (called.isEmpty() && !rest.isEmpty()) {
      stream.data(json -> piece(json, index, rest, List.of()));
    }
    stream.data(last(index, reason(called, generation)));
  }

  @Override
  public void end(SseWriter stream, SortedMap<Integer, Generation> generations) {
    if (request.includeUsage()) {
      stream.data(usageChunk(generations));
    }
    stream.done();
  }

  @Override
  public void fail(SseWriter stream, ApiError error) {
    stream.event("error", error.json()); // one of our clients looks at the name, one at the data
  }

  /** The chunks of an answer that calls: each call's name, then its arguments. */
  private List<ObjectNode> calls(int index, ToolAnswers.Called called) {
    List<ObjectNode> chunks = new ArrayList<>();
    for (int i = 0; i < called.calls().size(); i++) {
      JsonNode call = called.calls().get(i);
      ObjectNode first = delta(chunks, index, i);
      first.put("id", call.get("id").asText()).put("type", "function");
      first
          .putObject("function")
          .put("name", call.at("/function/name").asText())
          .put("arguments", "");
      delta(chunks, index, i)
          .putObject("function")
          .put("arguments", call.at("/function/arguments").asText());
    }
    return chunks;
  }

  private ObjectNode delta(List<ObjectNode> chunks, int index, int call) {
    ObjectNode chunk = chunk();
    ObjectNode choice = choice(chunk, index);
    ObjectNode delta =
        choice.putObject("delta").putArray("tool_calls").addObject().put("index", call);
    choice.putNull("logprobs").putNull("finish_reason");
    chunks.add(chunk);
    return delta;
  }

  private static List<GeneratedToken> all(Generation generation) {
    return Stream.concat(generation.prompt().stream(), generation.tokens().stream()).toList();
  }

  private ObjectNode chunk() {
    return head(chat() ? "chat.completion.chunk" : "text_completion");
  }

  private ObjectNode choice(ObjectNode chunk, int index) {
    return chunk.putArray("choices").addObject().put("index", index);
  }

  /** The first chunk of an answer. */
  private ObjectNode first(int index, String echo) {
    ObjectNode chunk = chunk();
    ObjectNode choice = choice(chunk, index);
    if (chat()) {
      choice.putObject("delta").put("role", "assistant").put("content", echo);
    } else {
      choice.put("text", echo);
    }
    choice.putNull("logprobs").putNull("finish_reason");
    return chunk;
  }

  /** Adds a chunk with a piece of text and the tokens it stands for. */
  private void piece(Buffer json, int index, String text, List<GeneratedToken> tokens) {
    if (request.logprobs() && !tokens.isEmpty()) {
      json.appendString(piece(index, text, logprobs.of(index, tokens)).toString());
    } else {
      templates
          .computeIfAbsent(index, i -> OpenText.of(piece(i, "", JSON.nullNode()), name()))
          .close(json, text);
    }
  }

  private ObjectNode piece(int index, String text, JsonNode logprobs) {
    ObjectNode chunk = chunk();
    ObjectNode choice = choice(chunk, index);
    (chat() ? choice.putObject("delta") : choice).put(name(), text);
    choice.set("logprobs", logprobs);
    choice.putNull("finish_reason");
    return chunk;
  }

  private String name() {
    return chat() ? "content" : "text";
  }

  /** The chunk that says why an answer ended. */
  private ObjectNode last(int index, String reason) {
    ObjectNode chunk = chunk();
    ObjectNode choice = choice(chunk, index);
    if (chat()) {
      choice.putObject("delta");
    } else {
      choice.put("text", "");
    }
    choice.putNull("logprobs").put("finish_reason", reason);
    return chunk;
  }

  /** The chunk with the numbers of tokens. */
  private ObjectNode usageChunk(SortedMap<Integer, Generation> generations) {
    ObjectNode chunk = chunk();
    chunk.putArray("choices");
    chunk.set("usage", usage(generations));
    return chunk;
  }

  private ObjectNode usage(SortedMap<Integer, Generation> generations) {
    int prompt = 0;
    int cached = 0;
    int completion = 0;
    for (Map.Entry<Integer, Generation> entry : generations.entrySet()) {
      Generation generation = entry.getValue();
      if (entry.getKey() % request.n() == 0) { // the n answers to a prompt share it
        prompt += generation.promptTokens();
        cached += generation.cachedTokens();
      }
      completion += generation.tokens().size();
    }
    ObjectNode usage = JSON.objectNode();
    usage.put("prompt_tokens", prompt).put("completion_tokens", completion);
    usage.put("total_tokens", prompt + completion);
    usage.putObject("prompt_tokens_details").put("cached_tokens", cached);
    return usage;
  }

  private static String reason(Optional<ToolAnswers.Called> called, Generation generation) {
    if (called.isPresent()) {
      return "tool_calls";
    }
    return generation.finishReason() == FinishReason.LENGTH ? "length" : "stop";
  }
}
