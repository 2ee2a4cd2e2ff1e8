package dev.reticent.serving;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.sampling.GenerationRequest;
import dev.reticent.sampling.SamplingParameters;
import dev.reticent.serving.TextRequest.Api;
import dev.reticent.text.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads the bodies of {@code /v1/responses}, by the rules of {@link RequestReader}. */
final class ResponseReader {
  private static final String LOGPROBS = "message.output_text.logprobs";

  private final int vocabularySize;
  private final FieldPolicy policy;
  private final Optional<ToolSyntax> syntax;
  private final ResponseStore store;

  ResponseReader(
      int vocabularySize, FieldPolicy policy, Optional<ToolSyntax> syntax, ResponseStore store) {
    this.vocabularySize = vocabularySize;
    this.policy = policy;
    this.syntax = syntax;
    this.store = store;
  }

  /**
   * @throws ApiException with every problem of the body
   */
  ResponseRequest read(JsonNode body) {
    if (!body.isObject()) {
      throw new ApiException(ApiError.malformed("The body of the request must be a JSON object."));
    }
    return read(new RequestFields(body));
  }

  ResponseRequest read(RequestFields fields) {
    String model = RequestReader.model(fields);
    List<Message> conversation = new ArrayList<>(previous(fields));
    conversation.addAll(new InputReader(fields, syntax.isPresent()).messages());
    List<Message> asked = new ArrayList<>(conversation);
    String instructions = fields.text("instructions", "");
    if (!instructions.isEmpty()) {
      asked.add(0, Message.system(instructions));
    }
    Optional<RequestFields> text = fields.object("text");
    verbosity(text);
    AnswerFormat form = FormatCache.readText(fields, text);
    Tools tools = Tools.read(fields, syntax, Tools.Shape.FLAT);
    RequestReader.checkTogether(fields, "text.format", form, tools);
    boolean stream = fields.flag("stream", false);
    RequestReader.includeUsage(fields, stream);
    boolean logprobs = logprobs(fields);
    OptionalInt top = fields.whole("top_logprobs", 0, GenerationRequest.MOST_TOP_LOGPROBS);
    if (top.orElse(0) > 0 && !logprobs) {
      fields.wrong("top_logprobs", "needs include: [\"" + LOGPROBS + "\"].");
    }
    SamplingFields sampling = new SamplingFields(fields, vocabularySize);
    SamplingParameters parameters = sampling.parameters();
    OptionalInt most = fields.whole("max_output_tokens", 1, Integer.MAX_VALUE);
    boolean kept = fields.flag("store", true) && store.keeps();
    TextRequest request =
        new TextRequest(
            Api.RESPONSES,
            model,
            List.of(new Prompt.Conversation(asked)),
            1,
            most,
            parameters,
            sampling.stops(),
            sampling.stopIds(),
            !fields.flag("ignore_eos", false),
            fields.longNumber("seed"),
            tools.form().orElse(form),
            tools,
            logprobs,
            top.orElse(0),
            false,
            stream,
            false);
    ObjectNode settings = settings(fields, parameters).put("store", kept);
    policy.apply(fields, FieldPolicy.NOT_IN_RESPONSES);
    RequestReader.check(fields);
    return new ResponseRequest(request, conversation, settings, kept);
  }

  private List<Message> previous(RequestFields fields) {
    String id = fields.text("previous_response_id", "");
    if (id.isEmpty()) {
      return List.of();
    }
    if (!store.keeps()) {
      fields.unsupported(
          "previous_response_id",
          "is not supported: this server keeps no responses (serving.kept_responses); send the"
              + " whole conversation.");
      return List.of();
    }
    return store
        .find(id)
        .orElseThrow(
            () ->
                new ApiException(
                    new ApiError(
                        400,
                        "invalid_request_error",
                        "previous_response_not_found",
                        "previous_response_id",
                        "There is no such response, or it is kept no longer: send the whole"
                            + " conversation.",
                        0)));
  }

  private static void verbosity(Optional<RequestFields> text) {
    String wanted = text.map(t -> t.text("verbosity", "medium")).orElse("medium");
    if (!wanted.equals("medium")) {
      text.orElseThrow().unsupported("verbosity", "other than medium is not supported.");
    }
  }

  private static boolean logprobs(RequestFields fields) {
    boolean wanted = false;
    for (JsonNode value : fields.given("include").orElse(JsonNodeFactory.instance.arrayNode())) {
      String name = value.asText();
      wanted |= name.equals(LOGPROBS);
      // Reasoning that nobody does is included as it is: not at all.
      if (!name.equals(LOGPROBS) && !name.equals("reasoning.encrypted_content")) {
        fields.unsupported("include", "holds more than " + LOGPROBS + ", which is not supported.");
      }
    }
    return wanted;
  }

  /** What the response repeats of its request. */
  private static ObjectNode settings(RequestFields fields, SamplingParameters parameters) {
    ObjectNode settings = JsonNodeFactory.instance.objectNode();
    ObjectNode preset = JsonNodeFactory.instance.objectNode();
    preset.putObject("metadata");
    preset.put("parallel_tool_calls", true).put("tool_choice", "auto").putArray("tools");
    preset.putObject("text").putObject("format").put("type", "text");
    preset.putNull("instructions").putNull("max_output_tokens").putNull("previous_response_id");
    preset.put("top_logprobs", 0);
    for (var entry : preset.properties()) {
      settings.set(
          entry.getKey(), fields.given(entry.getKey()).orElse(entry.getValue()).deepCopy());
    }
    fields.object("metadata");
    for (JsonNode tool : settings.get("tools")) {
      if (tool instanceof ObjectNode one && !one.has("strict")) {
        one.put("strict", true); // arguments keep to the schema in any case
      }
    }
    if (settings.get("text") instanceof ObjectNode text && !text.has("format")) {
      text.putObject("format").put("type", "text");
    }
    settings.put("temperature", parameters.temperature()).put("top_p", parameters.topP());
    settings.put("truncation", "disabled").put("background", false);
    fields.given("user").ifPresent(user -> settings.set("user", user));
    return settings;
  }

  /** A call as chat templates read it. */
  static Map<String, Object> call(String id, String name, Object arguments) {
    return Map.of(
        "id", id, "type", "function", "function", Map.of("name", name, "arguments", arguments));
  }
}
