package dev.reticent.evaluation.judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.openai.azure.AzureUrlPathMode;
import com.openai.azure.credential.AzureApiKeyCredential;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonField;
import com.openai.core.JsonValue;
import com.openai.core.http.Headers;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIServiceException;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.completions.CompletionUsage;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A judge behind the OpenAI protocol, asked with the official client, whose own retries are off.
 */
final class OpenAiEndpoint implements Endpoint {
  private static final int SHOWN = 300;

  private final JudgeSettings settings;
  private final OpenAIClient client;

  OpenAiEndpoint(JudgeSettings settings, String baseUrl) {
    this.settings = settings;
    OpenAIOkHttpClient.Builder builder =
        OpenAIOkHttpClient.builder()
            .timeout(Duration.ofSeconds(settings.timeoutSeconds()))
            .maxRetries(0);
    String key = settings.key().isNone() ? "none" : settings.key().reveal();
    if (settings.provider() == JudgeSettings.Provider.AZURE) {
      builder
          .baseUrl(baseUrl + "/openai/deployments/" + settings.model())
          .azureUrlPathMode(AzureUrlPathMode.UNIFIED)
          .credential(AzureApiKeyCredential.create(key))
          .putQueryParam("api-version", settings.apiVersion());
    } else {
      builder.baseUrl(baseUrl).apiKey(key);
    }
    client = builder.build();
  }

  @Override
  public Reply ask(JudgePrompt prompt, boolean schema) throws EndpointFailure {
    try {
      return reply(client.chat().completions().create(parameters(prompt, schema)));
    } catch (OpenAIServiceException e) {
      throw failure(e, schema);
    } catch (OpenAIException e) {
      String cause = e.getCause() == null ? "" : ": " + e.getCause().getMessage();
      throw new EndpointFailure(
          EndpointFailure.Kind.LOST, text(e.getMessage() + cause), OptionalLong.empty());
    }
  }

  /** Servers other than OpenAI's know the older names only. */
  @SuppressWarnings("deprecation")
  private ChatCompletionCreateParams parameters(JudgePrompt prompt, boolean schema) {
    ChatCompletionCreateParams.Builder builder =
        ChatCompletionCreateParams.builder().model(settings.model());
    if (!prompt.system().isEmpty()) {
      builder.addSystemMessage(prompt.system());
    }
    builder.addUserMessage(prompt.user());
    settings.temperature().ifPresent(builder::temperature);
    settings.topP().ifPresent(builder::topP);
    settings.seed().ifPresent(builder::seed);
    if (settings.newTokenLimit()) {
      builder.maxCompletionTokens(settings.maxTokens());
    } else {
      builder.maxTokens(settings.maxTokens());
    }
    if (schema && prompt.shape() != JudgePrompt.Shape.TWO_LINES) {
      builder.responseFormat(format(prompt.shape()));
    }
    return builder.build();
  }

  private static ResponseFormatJsonSchema format(JudgePrompt.Shape shape) {
    boolean grade = shape == JudgePrompt.Shape.GRADE;
    Map<String, Object> verdict =
        grade
            ? Map.of("type", "integer", "enum", List.of(1, 2, 3, 4, 5))
            : Map.of("type", "string", "enum", List.of("A", "B", "tie"));
    String name = grade ? "score" : "winner";
    Map<String, Object> reason = Map.of("type", "string");
    return ResponseFormatJsonSchema.builder()
        .jsonSchema(
            ResponseFormatJsonSchema.JsonSchema.builder()
                .name("verdict")
                .strict(true)
                .schema(
                    ResponseFormatJsonSchema.JsonSchema.Schema.builder()
                        .putAdditionalProperty("type", JsonValue.from("object"))
                        .putAdditionalProperty(
                            "properties",
                            JsonValue.from(Map.of("justification", reason, name, verdict)))
                        .putAdditionalProperty(
                            "required", JsonValue.from(List.of("justification", name)))
                        .putAdditionalProperty("additionalProperties", JsonValue.from(false))
                        .build())
                .build())
        .build();
  }

  /** Servers leave out what they like; a reply without any choice holds no verdict. */
  @SuppressWarnings("deprecation")
  private static Reply reply(ChatCompletion completion) {
    if (completion.choices().isEmpty()) {
      return new Reply("(a reply without choices)", "stop", "", "", "", -1, -1);
    }
    ChatCompletion.Choice choice = completion.choices().get(0);
    ChatCompletionMessage message = choice.message();
    Optional<CompletionUsage> usage = completion.usage();
    return new Reply(
        said(message._content()),
        known(choice._finishReason()).map(reason -> reason.asString()).orElse("stop"),
        message.refusal().orElse(""),
        known(completion._model()).orElse(""),
        completion.systemFingerprint().orElse(""),
        usage.flatMap(u -> known(u._promptTokens())).orElse(-1L),
        usage.flatMap(u -> known(u._completionTokens())).orElse(-1L));
  }

  /** Where a model shows its reasoning, some servers send a list of parts; those of text count. */
  private static String said(JsonField<String> content) {
    Optional<List<JsonValue>> parts = content.asArray();
    if (parts.isEmpty()) {
      return content.asKnown().orElse("");
    }
    StringBuilder said = new StringBuilder();
    for (JsonValue part : parts.get()) {
      Optional<JsonNode> fields = Optional.ofNullable(part.convert(JsonNode.class));
      said.append(fields.map(f -> f.path("text").asText()).orElse(""));
    }
    return said.toString();
  }

  private static <T> Optional<T> known(JsonField<T> field) {
    return field.asKnown();
  }

  private EndpointFailure failure(OpenAIServiceException e, boolean schema) {
    int status = e.statusCode();
    String code = e.code().orElse("").toLowerCase(Locale.ROOT);
    String message = text("HTTP " + status + ": " + e.getMessage());
    String said = (message + " " + e.body()).toLowerCase(Locale.ROOT);
    EndpointFailure.Kind kind;
    if (code.contains("content_filter") || code.contains("content_policy")) {
      kind = EndpointFailure.Kind.REFUSED;
    } else if (status == 429) {
      boolean quota = code.contains("quota") || said.contains("insufficient_quota");
      kind = quota ? EndpointFailure.Kind.STOP : EndpointFailure.Kind.BUSY;
    } else if (status >= 500 || status == 408) {
      kind = EndpointFailure.Kind.BROKEN;
    } else if (schema && (said.contains("response_format") || said.contains("json_schema"))) {
      kind = EndpointFailure.Kind.NO_SCHEMA;
    } else if (status == 401 || status == 403 || status == 404) {
      kind = EndpointFailure.Kind.STOP;
    } else {
      kind = EndpointFailure.Kind.REJECTED;
    }
    return new EndpointFailure(kind, message, retryAfter(e.headers()));
  }

  private String text(String message) {
    String safe = settings.key().redact(message);
    return safe.length() > SHOWN ? safe.substring(0, SHOWN) + " …" : safe;
  }

  private static OptionalLong retryAfter(Headers headers) {
    for (String value : headers.values("retry-after-ms")) {
      if (value.matches("\\d{1,9}(\\.\\d+)?")) {
        return OptionalLong.of((long) Double.parseDouble(value));
      }
    }
    for (String value : headers.values("retry-after")) {
      if (value.matches("\\d{1,6}(\\.\\d+)?")) {
        return OptionalLong.of((long) (1000 * Double.parseDouble(value)));
      }
      OptionalLong millis = untilDate(value);
      if (millis.isPresent()) {
        return millis;
      }
    }
    return OptionalLong.empty();
  }

  private static OptionalLong untilDate(String value) {
    try {
      Instant at = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return OptionalLong.of(Math.max(0, Duration.between(Instant.now(), at).toMillis()));
    } catch (DateTimeParseException e) {
      return OptionalLong.empty(); // neither seconds nor a date: as if it were not there
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
