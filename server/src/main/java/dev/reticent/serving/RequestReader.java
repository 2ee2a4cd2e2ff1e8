package dev.reticent.serving;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.sampling.GenerationRequest;
import dev.reticent.serving.TextRequest.Api;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads request bodies. Every field is honoured, or the request is refused with the field's name;
 * all problems of a request are told at once.
 */
final class RequestReader {
  static final int MOST_ANSWERS = 8;
  static final int MOST_PROMPTS = 128;

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
    String model = model(fields);
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
    Tools tools = chat ? Tools.read(fields, syntax, Tools.Shape.NESTED) : Tools.NONE;
    checkTogether(fields, "response_format", form, tools);
    SamplingFields sampling = new SamplingFields(fields, vocabularySize);
    OptionalInt most = maxTokens(fields, echo ? 0 : 1);
    TextRequest request =
        new TextRequest(
            api,
            model,
            read,
            n,
            most,
            sampling.parameters(),
            sampling.stops(),
            sampling.stopIds(),
            !fields.flag("ignore_eos", false),
            fields.longNumber("seed"),
            tools.form().orElse(form),
            tools,
            logprobs.wanted(),
            logprobs.top(),
            echo,
            stream,
            usage);
    policy.apply(fields, chat ? Map.of() : FieldPolicy.CHAT_ONLY);
    check(fields);
    return request;
  }

  static String model(RequestFields fields) {
    String model = fields.text("model", "");
    if (model.isEmpty()) {
      fields.wrong("model", "missing; name one of those that /v1/models lists.");
    }
    return model;
  }

  /** Notes what does not go together with tools. */
  static void checkTogether(
      RequestFields fields, String formField, AnswerFormat form, Tools tools) {
    if (tools.callable() && !(form instanceof AnswerFormat.Free)) {
      fields.unsupported(formField, "is not supported together with tools.");
    }
    if (tools.forced()) {
      FormatCache.refuseWhatCuts(fields);
    }
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

  /** Reads {@code stream_options}. */
  static boolean includeUsage(RequestFields fields, boolean stream) {
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
}
