package dev.reticent.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import dev.reticent.JavaSnippets;
import dev.reticent.config.Config;
import dev.reticent.recipe.SampleRecipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On the embedded model; what it should say is what SampleRecipe says. */
class ReticentModelTest {
  private static final String QUESTION = "How do I delete table /rooms/games in zone harbor?";
  private static final Config CONFIG =
      Config.parse("test", "{foundation_model_name: reticent-tiny, max_new_tokens: 12}");

  private static ReticentModel model;

  @BeforeAll
  static void open() {
    model = ReticentModel.open(CONFIG);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static String expected(String question) {
    return SampleRecipe.of(CONFIG).answer(List.of(question)).get(0).generation().text();
  }

  @Test
  void itAnswersAsSamplingDoesAndSaysWhatTheAnswerTook() {
    ChatResponse response =
        model.chatModel().chat(ChatRequest.builder().messages(UserMessage.from(QUESTION)).build());
    assertThat(response.aiMessage().text()).isEqualTo(expected(QUESTION)).isNotEmpty();
    assertThat(response.tokenUsage().inputTokenCount()).isPositive();
    assertThat(response.tokenUsage().outputTokenCount()).isBetween(1, 12);
    assertThat(response.finishReason()).isIn(FinishReason.STOP, FinishReason.LENGTH);
  }

  @Test
  void aRequestsOwnParametersComeFirst() {
    ChatResponse response =
        model
            .chatModel()
            .chat(
                ChatRequest.builder()
                    .messages(UserMessage.from(QUESTION))
                    .maxOutputTokens(2)
                    .build());
    assertThat(response.tokenUsage().outputTokenCount()).isEqualTo(2);
    assertThat(response.finishReason()).isEqualTo(FinishReason.LENGTH);
    String stop = expected(QUESTION).substring(2, 4);
    ChatResponse stopped =
        model
            .chatModel()
            .chat(
                ChatRequest.builder()
                    .messages(UserMessage.from(QUESTION))
                    .stopSequences(List.of(stop))
                    .build());
    assertThat(expected(QUESTION)).startsWith(stopped.aiMessage().text());
    assertThat(stopped.aiMessage().text()).doesNotContain(stop);
    assertThat(stopped.finishReason()).isEqualTo(FinishReason.STOP);
  }

  @Test
  void manyThreadsGetTheAnswersThatEachWouldGetAlone() {
    List<String> questions =
        IntStream.range(0, 6).mapToObj(i -> "How do I delete table /rooms/r" + i + "?").toList();
    List<String> alone = questions.stream().map(ReticentModelTest::expected).toList();
    List<CompletableFuture<String>> asked =
        questions.stream()
            .map(question -> CompletableFuture.supplyAsync(() -> model.chatModel().chat(question)))
            .toList();
    assertThat(asked.stream().map(CompletableFuture::join)).containsExactlyElementsOf(alone);
  }

  @Test
  void theStreamedPiecesMakeTheWholeAnswer() throws Exception {
    Heard heard = new Heard();
    model.streamingChatModel().chat(QUESTION, heard);
    ChatResponse response = heard.end.get(60, TimeUnit.SECONDS);
    assertThat(response.aiMessage().text()).isEqualTo(expected(QUESTION));
    assertThat(String.join("", heard.pieces)).isEqualTo(expected(QUESTION));
    assertThat(heard.pieces).hasSizeGreaterThan(1);
  }

  @Test
  void aHandlerThatThrowsHearsOfItAndDisturbsNobody() throws Exception {
    Heard heard =
        new Heard() {
          @Override
          public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
            context.streamingHandle().cancel();
            throw new IllegalStateException("full");
          }
        };
    model.streamingChatModel().chat(QUESTION, heard);
    assertThatThrownBy(() -> heard.end.get(60, TimeUnit.SECONDS)).hasMessageContaining("full");
    assertThat(model.chatModel().chat(QUESTION)).isEqualTo(expected(QUESTION));
  }

  @Test
  void whatItCannotDoIsRefusedByName() {
    ChatRequest.Builder plain = ChatRequest.builder().messages(UserMessage.from(QUESTION));
    assertThatThrownBy(
            () ->
                model
                    .chatModel()
                    .chat(
                        plain
                            .toolSpecifications(ToolSpecification.builder().name("clock").build())
                            .build()))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessageContaining("tools");
    assertThatThrownBy(
            () ->
                model
                    .chatModel()
                    .chat(
                        ChatRequest.builder()
                            .messages(UserMessage.from(QUESTION))
                            .responseFormat(ResponseFormat.JSON)
                            .build()))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessageContaining("JSON");
    assertThatThrownBy(() -> model.chatModel().chat("table ".repeat(5000)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("shorten the prompt");
  }

  @Test
  void systemMessagesAndEarlierTurnsReachTheModel() {
    int alone = model.chatModel().chat(UserMessage.from(QUESTION)).tokenUsage().inputTokenCount();
    int withTurns =
        model
            .chatModel()
            .chat(
                SystemMessage.from("Answer in one line."),
                UserMessage.from("And before?"),
                AiMessage.from("Nothing."),
                UserMessage.from(QUESTION))
            .tokenUsage()
            .inputTokenCount();
    assertThat(withTurns).isGreaterThan(alone + 4);
  }

  @Test
  void whatThePageOfJavaShowsCompiles() throws IOException {
    for (JavaSnippets.Snippet snippet : JavaSnippets.all(Path.of(".."))) {
      if (snippet.mentions("ReticentModel")) {
        snippet.assertCompiles(
            List.of(
                "dev.reticent.config", "dev.reticent.langchain4j", "dev.langchain4j.model.chat"),
            Map.of());
      }
    }
  }

  private static class Heard implements StreamingChatResponseHandler {
    private final List<String> pieces = new CopyOnWriteArrayList<>();
    private final CompletableFuture<ChatResponse> end = new CompletableFuture<>();

    @Override
    public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
      pieces.add(piece.text());
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
}
