package dev.reticent.serving;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.sampling.FinishReason;
import dev.reticent.sampling.GeneratedToken;
import dev.reticent.sampling.Generation;
import dev.reticent.text.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** An answer in the shapes of {@code /v1/responses}: items of output, whole or event by event. */
final class ResponseWriter implements AnswerWriter {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final ResponseRequest request;
  private final String id;
  private final long createdSeconds;
  private final LogprobsWriter logprobs;
  private final ToolAnswers tools;
  private final ResponseStore store;
  private final ResponseItems items;
  private int sequence;
  private boolean open; // the message of the stream has begun
  private final StringBuilder said = new StringBuilder();
  private final ArrayNode saidLogprobs = JSON.arrayNode();
  private ArrayNode output = JSON.arrayNode();

  ResponseWriter(
      ResponseRequest request,
      String id,
      long createdSeconds,
      TokenTexts texts,
      ResponseStore store) {
    this.request = request;
    this.id = id;
    this.createdSeconds = createdSeconds;
    this.logprobs = new LogprobsWriter(request.text(), texts);
    this.tools = new ToolAnswers(request.text().tools(), texts);
    this.store = store;
    this.items = new ResponseItems(id.substring(request.text().api().idPrefix().length()));
  }

  private ObjectNode response(String status) {
    ObjectNode node = JSON.objectNode();
    node.put("id", id).put("object", "response").put("created_at", createdSeconds);
    node.put("status", status).putNull("error").putNull("incomplete_details");
    node.put("model", request.text().model()).set("output", output);
    node.setAll(request.settings());
    return node;
  }

  private ObjectNode ended(Generation generation) {
    boolean cut = generation.finishReason() == FinishReason.LENGTH;
    ObjectNode node = response(cut ? "incomplete" : "completed");
    if (cut) {
      node.putObject("incomplete_details").put("reason", "max_output_tokens");
    }
    node.set("usage", usage(generation));
    return node;
  }

  private static ObjectNode usage(Generation generation) {
    int input = generation.promptTokens();
    int answer = generation.tokens().size();
    ObjectNode usage = JSON.objectNode().put("input_tokens", input).put("output_tokens", answer);
    usage.put("total_tokens", input + answer);
    usage
        .putObject("input_tokens_details")
        .put("cached_tokens", generation.cachedTokens())
        .put("cache_write_tokens", 0);
    usage.putObject("output_tokens_details").put("reasoning_tokens", 0);
    return usage;
  }

  @Override
  public ObjectNode whole(SortedMap<Integer, Generation> generations, List<String> echoes) {
    Generation generation = only(generations);
    Optional<ToolAnswers.Called> called = tools.of(generation);
    String text = called.map(ToolAnswers.Called::text).orElse(generation.text());
    if (called.isEmpty() || !text.isEmpty()) {
      if (request.text().logprobs()) {
        generation.tokens().forEach(token -> saidLogprobs.addAll(logprobs(token)));
      }
      output.add(items.message(text, saidLogprobs, status(generation)));
    }
    called.ifPresent(c -> c.calls().forEach(call -> output.add(items.call(call))));
    keep(text, called);
    return ended(generation);
  }

  private static Generation only(SortedMap<Integer, Generation> generations) {
    return generations.values().iterator().next();
  }

  private ArrayNode logprobs(GeneratedToken token) {
    return (ArrayNode) logprobs.of(0, List.of(token)).get("content");
  }

  private static String status(Generation generation) {
    return generation.finishReason() == FinishReason.LENGTH ? "incomplete" : "completed";
  }

  /** Keeps the conversation with its answer, if it is to be gone on with. */
  private void keep(String text, Optional<ToolAnswers.Called> called) {
    if (request.kept()) {
      List<Message> conversation = new ArrayList<>(request.conversation());
      Map<String, Object> more =
          called
              .<Map<String, Object>>map(c -> Map.of("tool_calls", c.forTemplates()))
              .orElse(Map.of());
      conversation.add(new Message("assistant", text, more));
      store.keep(id, List.copyOf(conversation));
    }
  }

  /** Sends an event. */
  private void tell(SseWriter stream, ObjectNode event) {
    stream.event(event.get("type").asText(), event.put("sequence_number", sequence++));
  }

  private static ObjectNode event(String type) {
    return JSON.objectNode().put("type", type);
  }

  private void tellResponse(SseWriter stream, String type, ObjectNode response) {
    tell(stream, event(type).set("response", response));
  }

  private void tellItem(SseWriter stream, String type, JsonNode item) {
    tell(stream, event(type).put("output_index", output.size()).set("item", item));
  }

  /** An event of the message. */
  private ObjectNode ofMessage(String type) {
    return event(type)
        .put("item_id", items.messageId())
        .put("output_index", 0)
        .put("content_index", 0);
  }

  @Override
  public void begin(SseWriter stream, List<String> echoes) {
    tellResponse(stream, "response.created", response("in_progress"));
    tellResponse(stream, "response.in_progress", response("in_progress"));
  }

  @Override
  public void piece(SseWriter stream, int index, GeneratedToken token) {
    ArrayNode told = request.text().logprobs() ? logprobs(token) : JSON.arrayNode();
    piece(stream, token.text(), told);
  }

  private void piece(SseWriter stream, String text, ArrayNode told) {
    open(stream);
    said.append(text);
    saidLogprobs.addAll(told);
    ObjectNode delta = ofMessage("response.output_text.delta").put("delta", text);
    tell(stream, delta.set("logprobs", told));
  }

  private void open(SseWriter stream) {
    if (!open) {
      open = true;
      tellItem(stream, "response.output_item.added", items.openMessage());
      tell(
          stream,
          ofMessage("response.content_part.added").set("part", items.text("", JSON.arrayNode())));
    }
  }

  @Override
  public void finish(SseWriter stream, int index, String rest, Generation generation) {
    Optional<ToolAnswers.Called> called = tools.of(generation);
    if (called.isEmpty() && !rest.isEmpty()) {
      piece(stream, rest, JSON.arrayNode());
    }
    if (called.isEmpty()) {
      open(stream); // an empty answer is a message too
    }
    if (open) {
      closeMessage(stream, status(generation));
    }
    called.ifPresent(c -> c.calls().forEach(call -> tellCall(stream, call)));
    keep(said.toString(), called);
  }

  private void closeMessage(SseWriter stream, String status) {
    String text = said.toString();
    ObjectNode done = ofMessage("response.output_text.done").put("text", text);
    tell(stream, done.set("logprobs", saidLogprobs));
    tell(
        stream,
        ofMessage("response.content_part.done").set("part", items.text(text, saidLogprobs)));
    ObjectNode message = items.message(text, saidLogprobs, status);
    tellItem(stream, "response.output_item.done", message);
    output.add(message);
  }

  private void tellCall(SseWriter stream, JsonNode made) {
    ObjectNode call = items.call(made);
    String arguments = call.get("arguments").asText();
    ObjectNode begun = call.deepCopy().put("arguments", "").put("status", "in_progress");
    tellItem(stream, "response.output_item.added", begun);
    for (String step : new String[] {"delta", "done"}) {
      ObjectNode event = event("response.function_call_arguments." + step);
      event.set("item_id", call.get("id"));
      event
          .put("output_index", output.size())
          .put(step.equals("done") ? "arguments" : step, arguments);
      if (step.equals("done")) {
        event.set("name", call.get("name"));
      }
      tell(stream, event);
    }
    tellItem(stream, "response.output_item.done", call);
    output.add(call);
  }

  @Override
  public void end(SseWriter stream, SortedMap<Integer, Generation> generations) {
    ObjectNode ended = ended(only(generations));
    tellResponse(stream, "response." + ended.get("status").asText(), ended);
  }

  /** As documented, and under {@code error} besides, where clients look to tell their callers. */
  @Override
  public void fail(SseWriter stream, ApiError error) {
    ObjectNode event = event("error");
    ObjectNode told = error.json();
    event.setAll((ObjectNode) told.get("error"));
    event.put("type", "error");
    event.setAll(told);
    tell(stream, event);
  }
}
