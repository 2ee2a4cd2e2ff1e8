package dev.reticent.serving;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.sampling.GenerationRequest;
import dev.reticent.sampling.SamplingParameters;
import dev.reticent.serving.TextRequest.Api;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Reads request bodies. Every field is honoured, or the request is refused with the field's name;
 * all problems of a request are told at once.
 */
final class RequestReader {
  static final int MOST_ANSWERS = 8;
  static final int MOST_STOPS = 4;
  static final int MOST_PROMPTS = 128;
  private static final int MOST_STOP_IDS = 128;

  private final int vocabularySize;
  private final FieldPolicy policy;
  private final Optional<ToolSyntax> syntax;

  /** A reader for a model that calls no tools. */
  RequestReader(int vocabularySize, FieldPolicy policy) {
    this(vocabularySize, policy, Optional.empty());
  }

  /**
   * @param vocabularySize token ids are below it
   * @param syntax how the model calls tools, if it does
   */
  RequestReader(int vocabularySize, FieldPolicy policy, Optional<ToolSyntax> syntax) {
    this.vocabularySize = vocabularySize;
    this.policy = policy;
    this.syntax = syntax;
  }

  /**
   * @throws ApiException with every problem of the body
   */
  TextRequest read(Api api, JsonNode body) {
    if (!body.isObject()) {
      throw new ApiException(ApiError.malformed("The body of the request must be a JSON object."));
    }
    return read(api, new RequestFields(body));
  }

  TextRequest read(Api api, RequestFields fields) {
    boolean chat = api == Api.CHAT;
    String model = fields.text("model", "");
    if (model.isEmpty()) {
      fields.wrong("model", "missing; name one of those that /v1/models lists.");
    }
    PromptReader prompts = new PromptReader(fields, vocabularySize, syntax.isPresent());
    List<Prompt> read = chat ? prompts.messages() : prompts.prompt();
    int n = fields.whole("n", 1, MOST_ANSWERS).orElse(1);
    boolean stream = fields.flag("stream", false);
    boolean usage = includeUsage(fields, stream);
    Logprobs logprobs = chat ? chatLogprobs(fields) : completionLogprobs(fields);
    boolean echo = !chat && fields.flag("echo", false);
    if (chat) {
      fields
          .given("echo")
          .filter(value -> !value.isBoolean() || value.booleanValue())
          .ifPresent(value -> fields.unsupported("echo", "is for /v1/completions only."));
    } else if (echo && logprobs.wanted() && stream) {
      fields.unsupported("echo", "is not supported together with logprobs in a stream.");
    }
    AnswerFormat form = FormatCache.read(fields);
    Tools tools = chat ? Tools.read(fields, syntax) : Tools.NONE;
    if (tools.callable() && !(form instanceof AnswerFormat.Free)) {
      fields.unsupported("response_format", "is not supported together with tools.");
    }
    if (tools.forced()) {
      FormatCache.refuseWhatCuts(fields);
    }
    OptionalInt most = maxTokens(fields, echo ? 0 : 1);
    TextRequest request =
        new TextRequest(
            api,
            model,
            read,
            n,
            most,
            parameters(fields),
            stops(fields),
            stopIds(fields),
            !fields.flag("ignore_eos", false),
            fields.longNumber("seed"),
            tools.form().orElse(form),
            tools,
            logprobs.wanted(),
            logprobs.top(),
            echo,
            stream,
            usage);
    policy.apply(fields);
    check(fields);
    return request;
  }

  /**
   * @throws ApiException with every problem that was noted
   */
  static void check(RequestFields fields) {
    List<ApiError> problems = fields.problems();
    if (!problems.isEmpty()) {
      throw new ApiException(together(problems));
    }
  }

  private static ApiError together(List<ApiError> problems) {
    ApiError first = problems.get(0);
    String message = String.join("\n", problems.stream().map(ApiError::message).toList());
    return new ApiError(
        first.status(),
        first.type(),
        first.code(),
        first.param(),
        message,
        first.retryAfterSeconds());
  }

  private static OptionalInt maxTokens(RequestFields fields, int least) {
    OptionalInt old = fields.whole("max_tokens", least, Integer.MAX_VALUE);
    OptionalInt most = fields.whole("max_completion_tokens", least, Integer.MAX_VALUE);
    if (old.isPresent() && most.isPresent() && !old.equals(most)) {
      fields.wrong(
          "max_completion_tokens",
          "is not what max_tokens, its older name, says: give one of them.");
    }
    return most.isPresent() ? most : old;
  }

  private static boolean includeUsage(RequestFields fields, boolean stream) {
    Optional<RequestFields> options = fields.object("stream_options");
    if (options.isPresent() && !stream) {
      fields.wrong("stream_options", "allowed only when stream is true.");
    }
    if (options.isPresent()) {
      RequestFields inner = options.get();
      inner.given("include_obfuscation"); // pads chunks against onlookers; the text is the same
      if (inner.flag("continuous_usage_stats", false)) {
        inner.unsupported("continuous_usage_stats", "is not supported: leave it out.");
      }
      return inner.flag("include_usage", false);
    }
    return false;
  }

  /** What is asked about tokens. */
  private record Logprobs(boolean wanted, int top) {}

  private static Logprobs chatLogprobs(RequestFields fields) {
    boolean wanted = fields.flag("logprobs", false);
    OptionalInt top = fields.whole("top_logprobs", 0, GenerationRequest.MOST_TOP_LOGPROBS);
    if (top.orElse(0) > 0 && !wanted) {
      fields.wrong("top_logprobs", "needs logprobs: true.");
    }
    return new Logprobs(wanted, top.orElse(0));
  }

  private static Logprobs completionLogprobs(RequestFields fields) {
    OptionalInt top = fields.whole("logprobs", 0, GenerationRequest.MOST_TOP_LOGPROBS);
    fields
        .given("top_logprobs")
        .ifPresent(
            value -> fields.unsupported("top_logprobs", "is for chat; here logprobs is a number."));
    return new Logprobs(top.isPresent(), top.orElse(0));
  }

  private SamplingParameters parameters(RequestFields fields) {
    double topP = fields.number("top_p", 1, 0, 1);
    if (topP == 0) {
      fields.wrong("top_p", "found 0, expected a number above 0; 1 is off.");
    }
    double repetition = fields.number("repetition_penalty", 1, 0, 100);
    if (repetition == 0) {
      fields.wrong("repetition_penalty", "found 0, expected a number above 0; 1 is off.");
    }
    return new SamplingParameters(
        fields.number("temperature", 1, 0, 100),
        Math.max(0, fields.whole("top_k", -1, Integer.MAX_VALUE).orElse(0)),
        topP == 0 ? 1 : topP,
        fields.number("min_p", 0, 0, 1),
        repetition == 0 ? 1 : repetition,
        fields.number("frequency_penalty", 0, -2, 2),
        fields.number("presence_penalty", 0, -2, 2),
        biases(fields));
  }

  private Map<Integer, Float> biases(RequestFields fields) {
    Optional<JsonNode> given = fields.given("logit_bias");
    Map<Integer, Float> biases = new HashMap<>();
    if (given.isEmpty()) {
      return biases;
    }
    if (!given.get().isObject()) {
      fields.mistyped("logit_bias", given.get(), "an object from token ids to numbers");
      return biases;
    }
    for (var entry : given.get().properties()) {
      String id = entry.getKey();
      double bias = entry.getValue().isNumber() ? entry.getValue().doubleValue() : 1000;
      if (!id.matches("\\d{1,9}") || Integer.parseInt(id) >= vocabularySize) {
        fields.wrong(
            "logit_bias",
            "a key is not a token id, a whole number from 0 to %d.".formatted(vocabularySize - 1));
        return biases; // one entry that is wrong says it for all
      }
      if (Math.abs(bias) > 100) {
        fields.wrong("logit_bias", "the value of " + id + " is not from -100 to 100.");
        return biases;
      }
      biases.put(Integer.parseInt(id), (float) bias);
    }
    return biases;
  }

  private static List<String> stops(RequestFields fields) {
    Optional<JsonNode> given = fields.given("stop");
    List<String> stops = new ArrayList<>();
    if (given.isEmpty()) {
      return stops;
    }
    List<JsonNode> values = new ArrayList<>();
    if (given.get().isArray()) {
      given.get().forEach(values::add);
    } else {
      values.add(given.get());
    }
    for (JsonNode value : values) {
      if (!value.isTextual() || value.textValue().isEmpty() || !Texts.isWhole(value.textValue())) {
        fields.wrong("stop", "expected a text that is not empty, or a list of them.");
        return List.of();
      }
      stops.add(value.textValue());
    }
    if (stops.size() > MOST_STOPS) {
      fields.wrong(
          "stop", "found " + stops.size() + " texts, expected at most " + MOST_STOPS + ".");
      return List.of();
    }
    return stops;
  }

  private Set<Integer> stopIds(RequestFields fields) {
    Set<Integer> ids = new HashSet<>();
    Optional<JsonNode> given = fields.given("stop_token_ids");
    if (given.isPresent()) {
      boolean good = given.get().isArray() && given.get().size() <= MOST_STOP_IDS;
      for (JsonNode value : good ? given.get() : List.<JsonNode>of()) {
        OptionalInt id = RequestFields.whole(value, 0, vocabularySize - 1);
        good &= id.isPresent();
        id.ifPresent(ids::add);
      }
      if (!good) {
        fields.wrong(
            "stop_token_ids",
            "expected a list of at most %d token ids from 0 to %d."
                .formatted(MOST_STOP_IDS, vocabularySize - 1));
      }
    }
    return ids;
  }
}
