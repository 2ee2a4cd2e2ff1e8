package dev.reticent.serving;

import dev.reticent.config.UserInputException;
import dev.reticent.constraint.JsonFormat;
import dev.reticent.sampling.GenerationRequest;
import dev.reticent.sampling.StopConditions;
import dev.reticent.sampling.TokenConstraint;
import dev.reticent.serving.TextRequest.Api;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Turns a request's prompts into tokens, and checks that their answers fit the context. */
final class PromptTokens {
  /** OpenAI's default for completions. */
  private static final int COMPLETION_TOKENS = 16;

  private final ServedModels models;
  private final Encoder encoder;
  private final TokenTexts texts;
  private final Duration timeLimit;

  PromptTokens(ServedModels models, TokenTexts texts, ServerOptions options) {
    this.models = models;
    this.texts = texts;
    this.encoder = new Encoder(models.tokenizer(), models.contextTokens());
    this.timeLimit = Duration.ofSeconds(options.requestTimeoutSeconds());
  }

  /**
   * What the queue is asked, by index: n answers to each prompt, one after the other.
   *
   * @param echoes what stands before each answer's text
   */
  record Prepared(List<GenerationRequest> requests, List<String> echoes) {
    Prepared {
      requests = List.copyOf(requests);
      echoes = List.copyOf(echoes);
    }
  }

  /**
   * @param format what the answers keep to; empty for any text
   * @param gone whether the client has left, so that the rest need not be done
   * @throws ApiException if a prompt does not fit, or the chat template refuses it
   */
  Prepared prepare(
      TextRequest request,
      ServedModels.Model model,
      Optional<JsonFormat> format,
      BooleanSupplier gone) {
    List<GenerationRequest> requests = new ArrayList<>();
    List<String> echoes = new ArrayList<>();
    long seed = request.seed().orElseGet(PromptTokens::freshSeed);
    for (Prompt prompt : request.prompts()) {
      if (gone.getAsBoolean()) {
        throw new ApiException(TextCall.GONE);
      }
      int[] ids = ids(request.api(), request.tools(), prompt, true);
      int room = room(request, ids.length);
      List<TokenConstraint.Factory> constraints = constraints(request, format, room);
      StopConditions stops =
          new StopConditions(room, request.stop(), request.stopIds(), request.endTokens());
      String echo = request.echo() ? text(request, prompt) : "";
      for (int i = 0; i < request.n(); i++) {
        requests.add(
            GenerationRequest.of(ids, request.parameters(), stops)
                .withSeed(seed, requests.size())
                .withTopLogprobs(request.topLogprobs())
                .withScoring(request.scoring())
                .withAdapter(model.adapter())
                .withConstraints(constraints)
                .withTimeLimit(timeLimit));
        echoes.add(echo);
      }
    }
    return new Prepared(requests, echoes);
  }

  private List<TokenConstraint.Factory> constraints(
      TextRequest request, Optional<JsonFormat> format, int room) {
    try {
      return format.map(f -> constraint(request, f, room)).stream().toList();
    } catch (UserInputException e) {
      throw FormatCache.refused(request.formField(), String.valueOf(e.getMessage()));
    }
  }

  private TokenConstraint.Factory constraint(TextRequest request, JsonFormat format, int room) {
    if (!(request.form() instanceof AnswerFormat.Calls)) {
      return format.within(room);
    }
    ToolSyntax syntax = request.tools().syntax().orElseThrow();
    return () ->
        new ToolConstraint(
            format, new ToolTrigger(syntax, texts, false), models.vocabularySize(), room);
  }

  private static long freshSeed() {
    return java.util.concurrent.ThreadLocalRandom.current().nextLong();
  }

  private int room(TextRequest request, int promptTokens) {
    boolean chat = request.api() != Api.COMPLETIONS;
    int left = models.contextTokens() - promptTokens;
    int wanted = request.maxTokens().orElse(1);
    if (left < wanted) {
      throw new ApiException(
          ApiError.tooLong(
              request.api().promptField(),
              "This model's maximum context length is %d tokens; the prompt has %d and the answer may have %d: shorten one of them."
                  .formatted(models.contextTokens(), promptTokens, wanted)));
    }
    return request.maxTokens().orElse(chat ? left : Math.min(left, COMPLETION_TOKENS));
  }

  /**
   * The tokens of a prompt.
   *
   * @param special whether a text gets the tokens that stand around texts
   */
  int[] ids(Prompt prompt, boolean special) {
    return ids(Api.CHAT, Tools.NONE, prompt, special);
  }

  private int[] ids(Api api, Tools tools, Prompt prompt, boolean special) {
    int[] ids;
    if (prompt instanceof Prompt.Ids given) {
      ids = given.array();
    } else if (prompt instanceof Prompt.Text text) {
      ids = encoder.encode("prompt", text.text(), special);
    } else {
      ids = conversation(api, tools, (Prompt.Conversation) prompt);
    }
    if (ids.length == 0) {
      throw new ApiException(
          ApiError.invalid("prompt", "The prompt has no tokens: give at least one character."));
    }
    return ids;
  }

  private int[] conversation(Api api, Tools tools, Prompt.Conversation conversation) {
    String begun = tools.forced() ? tools.syntax().map(ToolSyntax::begin).orElse("") : "";
    String text = rendered(api, conversation, tools.declared()) + begun;
    return encoder.encode(api.promptField(), text, models.format().plain());
  }

  private String rendered(
      Api api, Prompt.Conversation conversation, List<Map<String, Object>> tools) {
    try {
      return models.format().text(conversation.messages(), tools);
    } catch (UserInputException e) {
      // The message may name files of the server, so it is not passed on.
      throw new ApiException(
          ApiError.invalid(
              api.promptField(),
              "The model's chat template does not take this conversation: check the roles and their"
                  + " order. A model without a template takes one question, with a system message"
                  + " before it at most."));
    }
  }

  private String text(TextRequest request, Prompt prompt) {
    return prompt instanceof Prompt.Text text
        ? text.text()
        : models.tokenizer().decode(ids(request.api(), request.tools(), prompt, true), true);
  }
}
