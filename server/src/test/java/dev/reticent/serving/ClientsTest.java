package dev.reticent.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.RateLimitException;
import com.openai.errors.SseException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The clients that programs on the JVM use: openai-java and langchain4j. */
@Timeout(120)
class ClientsTest {
  private static final String KEY = "a-key-for-the-tests";
  private static SamplingServer server;
  private static OpenAIClient openai;

  @BeforeAll
  static void start() {
    // A prompt whose first token is 9 makes the model fail at its fourth token.
    server =
        Servers.scripted(
            Servers.OPTIONS.withApiKey(ApiKey.of(KEY)).withMostAnswers(8),
            4,
            tokens -> {
              float[] logits = Servers.only(70 + tokens.size() % 7);
              if (tokens.get(0) == 9 && tokens.size() > 3) {
                Arrays.fill(logits, Float.NaN);
              }
              Servers.pause(1);
              return logits;
            });
    openai = openai(KEY);
  }

  @AfterAll
  static void stop() {
    openai.close();
    server.close();
  }

  private static OpenAIClient openai(String key) {
    return OpenAIOkHttpClient.builder()
        .baseUrl(server.uri() + "v1")
        .apiKey(key)
        .timeout(Duration.ofSeconds(30))
        .maxRetries(10)
        .build();
  }

  private static ChatCompletionCreateParams.Builder chat() {
    return ChatCompletionCreateParams.builder()
        .model(Servers.MODEL)
        .addSystemMessage("Be short.")
        .addUserMessage("Hello")
        .temperature(0.5)
        .maxCompletionTokens(12);
  }

  @Test
  void openaiListsModels() {
    assertThat(openai.models().list().data().stream().map(m -> m.validate().id()))
        .containsExactly(Servers.MODEL);
    assertThat(openai.models().retrieve(Servers.MODEL).ownedBy()).isEqualTo("reticent");
  }

  @Test
  void openaiReadsAnswersWholeAndStreamedAlike() {
    ChatCompletion whole =
        openai
            .chat()
            .completions()
            .create(
                chat()
                    .n(2)
                    .putAdditionalBodyProperty("seed", JsonValue.from(3))
                    .logprobs(true)
                    .topLogprobs(2)
                    .build());
    whole.validate();
    assertThat(whole.choices()).hasSize(2);
    assertThat(whole.choices().get(0).finishReason().asString()).isEqualTo("length");
    assertThat(whole.usage().orElseThrow().completionTokens()).isEqualTo(24);
    assertThat(whole.choices().get(0).logprobs().orElseThrow().content().orElseThrow()).hasSize(12);
    List<ChatCompletionChunk> chunks;
    try (StreamResponse<ChatCompletionChunk> stream =
        openai
            .chat()
            .completions()
            .createStreaming(
                chat()
                    .putAdditionalBodyProperty("seed", JsonValue.from(3))
                    .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
                    .build())) {
      chunks = stream.stream().map(ChatCompletionChunk::validate).toList();
    }
    String text =
        chunks.stream()
            .flatMap(chunk -> chunk.choices().stream())
            .map(choice -> choice.delta().content().orElse(""))
            .collect(Collectors.joining());
    assertThat(text).isEqualTo(whole.choices().get(0).message().content().orElseThrow());
    assertThat(chunks.get(chunks.size() - 1).usage().orElseThrow().totalTokens())
        .isEqualTo(whole.usage().orElseThrow().promptTokens() + 12);
  }

  @Test
  void openaiCompletes() {
    Completion completion =
        openai
            .completions()
            .create(
                CompletionCreateParams.builder()
                    .model(Servers.MODEL)
                    .prompt("Once")
                    .echo(true)
                    .maxTokens(4)
                    .build());
    completion.validate();
    assertThat(completion.choices().get(0).text()).startsWith("Once").hasSizeGreaterThan(4);
  }

  @Test
  void openaiUnderstandsOurErrors() {
    NotFoundException missing =
        catchThrowableOfType(
            NotFoundException.class,
            () -> openai.chat().completions().create(chat().model("other").build()));
    assertThat(missing.code()).contains("model_not_found");
    assertThat(missing.param()).contains("model");
    BadRequestException unsupported =
        catchThrowableOfType(
            BadRequestException.class,
            () ->
                openai
                    .chat()
                    .completions()
                    .create(
                        chat().putAdditionalBodyProperty("min_tokens", JsonValue.from(5)).build()));
    assertThat(unsupported.code()).contains("unsupported_parameter");
    assertThat(unsupported.param()).contains("min_tokens");
    OpenAIClient stranger = openai("not-the-key-of-this-server");
    UnauthorizedException refused =
        catchThrowableOfType(UnauthorizedException.class, () -> stranger.models().list());
    assertThat(refused.code()).contains("invalid_api_key");
    stranger.close();
  }

  @Test
  void openaiRaisesAnErrorInTheMiddleOfAStream() {
    try (StreamResponse<Completion> stream =
        openai
            .completions()
            .createStreaming(
                CompletionCreateParams.builder()
                    .model(Servers.MODEL)
                    .prompt(CompletionCreateParams.Prompt.ofArrayOfTokens(List.of(9L)))
                    .maxTokens(50)
                    .build())) {
      List<Completion> before = new ArrayList<>();
      Throwable failure = catchThrowable(() -> stream.stream().forEach(before::add));
      assertThat(failure).isInstanceOf(SseException.class);
      assertThat(((SseException) failure).code()).contains("internal_error");
      assertThat(before).isNotEmpty();
    }
  }

  @Test
  void openaiComesBackWhenTheServerWasFull() {
    Http http = new Http(server);
    CompletableFuture<ChatCompletion> filling =
        CompletableFuture.supplyAsync(
            () -> openai.chat().completions().create(chat().n(8).maxCompletionTokens(150).build()));
    while (server.answersUnderWay() < 8) {
      Servers.pause(1);
    }
    long start = System.nanoTime();
    assertThat(openai.chat().completions().create(chat().build()).choices()).hasSize(1);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(900));
    assertThat(filling.join().choices()).hasSize(8);
    assertThat(http.get("metrics").statusCode()).isEqualTo(401);
  }

  @Test
  void openaiGivesUpWhenTheServerStaysFull() {
    SamplingServer full =
        Servers.scripted(Servers.OPTIONS.withMostAnswers(1), 1, Servers.endless(20));
    OpenAIClient client =
        OpenAIOkHttpClient.builder()
            .baseUrl(full.uri() + "v1")
            .apiKey("none")
            .maxRetries(0)
            .build();
    try (full;
        StreamResponse<ChatCompletionChunk> first =
            client.chat().completions().createStreaming(chat().maxCompletionTokens(4000).build())) {
      assertThat(first.stream().limit(2)).hasSize(2);
      RateLimitException refused =
          catchThrowableOfType(
              RateLimitException.class, () -> client.chat().completions().create(chat().build()));
      assertThat(refused.headers().values("Retry-After")).containsExactly("1");
    }
  }

  private static OpenAiChatModel langchain(String model) {
    return OpenAiChatModel.builder()
        .baseUrl(server.uri() + "v1")
        .apiKey(KEY)
        .modelName(model)
        .maxTokens(12)
        .maxRetries(0)
        .build();
  }

  private static OpenAiStreamingChatModel streaming(int maxTokens) {
    return OpenAiStreamingChatModel.builder()
        .baseUrl(server.uri() + "v1")
        .apiKey(KEY)
        .modelName(Servers.MODEL)
        .maxTokens(maxTokens)
        .build();
  }

  /** What a streaming handler of langchain4j heard. */
  private static final class Heard implements StreamingChatResponseHandler {
    final StringBuilder text = new StringBuilder();
    final CompletableFuture<ChatResponse> end = new CompletableFuture<>();

    @Override
    public void onPartialResponse(String piece) {
      text.append(piece);
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
      end.complete(response);
    }

    @Override
    public void onError(Throwable error) {
      end.completeExceptionally(error);
    }
  }

  @Test
  void langchainReadsAnswersWholeAndStreamedAlike() throws Exception {
    ChatResponse whole = langchain(Servers.MODEL).chat(UserMessage.from("Hello"));
    assertThat(whole.finishReason()).isEqualTo(FinishReason.LENGTH);
    assertThat(whole.tokenUsage().outputTokenCount()).isEqualTo(12);
    Heard heard = new Heard();
    streaming(12).chat("Hello", heard);
    ChatResponse streamed = heard.end.get(30, TimeUnit.SECONDS);
    assertThat(heard.text.toString()).isEqualTo(whole.aiMessage().text());
    assertThat(streamed.tokenUsage().outputTokenCount()).isEqualTo(12);
    assertThat(streamed.finishReason()).isEqualTo(FinishReason.LENGTH);
  }

  @Test
  void langchainUnderstandsOurErrors() {
    assertThat(catchThrowable(() -> langchain("other").chat("Hello")))
        .isInstanceOf(ModelNotFoundException.class);
    Throwable invalid =
        catchThrowable(
            () ->
                OpenAiChatModel.builder()
                    .baseUrl(server.uri() + "v1")
                    .apiKey(KEY)
                    .modelName(Servers.MODEL)
                    .temperature(-1.0)
                    .maxRetries(0)
                    .build()
                    .chat("Hello"));
    assertThat(invalid)
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("temperature");
  }

  /** The JDK's client, which langchain4j uses, would die at shutdown under HTTP/2. */
  @Test
  void langchainHearsAStreamOutThoughTheServerIsClosing() throws Exception {
    SamplingServer closing = Servers.scripted(Servers.OPTIONS, 1, Servers.endless(3));
    Heard heard = new Heard();
    OpenAiStreamingChatModel.builder()
        .baseUrl(closing.uri() + "v1")
        .apiKey("none")
        .modelName(Servers.MODEL)
        .maxTokens(200)
        .build()
        .chat("Hello", heard);
    while (closing.answersUnderWay() == 0) {
      Servers.pause(1);
    }
    closing.close();
    assertThat(heard.end.get(30, TimeUnit.SECONDS).tokenUsage().outputTokenCount()).isEqualTo(200);
  }

  @Test
  void langchainHearsOfAnErrorInTheMiddleOfAStream() throws Exception {
    try (SamplingServer failing =
        Servers.scripted(
            Servers.OPTIONS,
            1,
            new java.util.function.Function<>() {
              private int steps;

              @Override
              public float[] apply(List<Integer> tokens) {
                float[] logits = Servers.only(70);
                if (++steps > 5) {
                  Arrays.fill(logits, Float.NaN);
                }
                return logits;
              }
            })) {
      Heard heard = new Heard();
      OpenAiStreamingChatModel.builder()
          .baseUrl(failing.uri() + "v1")
          .apiKey("none")
          .modelName(Servers.MODEL)
          .build()
          .chat("Hello", heard);
      assertThat(catchThrowable(() -> heard.end.get(30, TimeUnit.SECONDS)))
          .hasMessageContaining("Generation failed");
      assertThat(heard.text.toString()).isNotEmpty();
    }
  }
}
