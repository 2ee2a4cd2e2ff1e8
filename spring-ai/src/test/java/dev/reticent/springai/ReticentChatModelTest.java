package dev.reticent.springai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.JavaSnippets;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.recipe.SampleRecipe;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;

/** On the embedded model; what it should say is what SampleRecipe says. */
class ReticentChatModelTest {
  private static final String QUESTION = "How do I delete table /rooms/games in zone harbor?";
  private static final Config CONFIG =
      Config.parse("test", "{foundation_model_name: reticent-tiny, max_new_tokens: 12}");

  private static ReticentChatModel model;

  @BeforeAll
  static void open() {
    model = ReticentChatModel.open(CONFIG);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static String expected(String question) {
    return SampleRecipe.of(CONFIG).answer(List.of(question)).get(0).generation().text();
  }

  private static String text(ChatResponse response) {
    return response.getResult().getOutput().getText();
  }

  @Test
  void itAnswersAsSamplingDoesAndSaysWhatTheAnswerTook() {
    ChatResponse response = model.call(new Prompt(QUESTION));
    assertThat(text(response)).isEqualTo(expected(QUESTION)).isNotEmpty();
    assertThat(response.getMetadata().getUsage().getPromptTokens()).isPositive();
    assertThat(response.getMetadata().getUsage().getCompletionTokens()).isBetween(1, 12);
    assertThat(response.getResult().getMetadata().getFinishReason()).isIn("stop", "length");
  }

  @Test
  void aPromptsOwnOptionsComeFirst() {
    ChatOptions two = ChatOptions.builder().maxTokens(2).build();
    ChatResponse response = model.call(new Prompt(QUESTION, two));
    assertThat(response.getMetadata().getUsage().getCompletionTokens()).isEqualTo(2);
    assertThat(response.getResult().getMetadata().getFinishReason()).isEqualTo("length");
    String stop = expected(QUESTION).substring(2, 4);
    ChatOptions until = model.getOptions().mutate().stopSequences(List.of(stop)).build();
    ChatResponse stopped = model.call(new Prompt(QUESTION, until));
    assertThat(expected(QUESTION)).startsWith(text(stopped));
    assertThat(text(stopped)).doesNotContain(stop);
    assertThat(stopped.getResult().getMetadata().getFinishReason()).isEqualTo("stop");
  }

  @Test
  void manyThreadsGetTheAnswersThatEachWouldGetAlone() {
    List<String> questions =
        IntStream.range(0, 4).mapToObj(i -> "How do I delete table /rooms/r" + i + "?").toList();
    List<String> alone = questions.stream().map(ReticentChatModelTest::expected).toList();
    List<CompletableFuture<String>> asked =
        questions.stream()
            .map(question -> CompletableFuture.supplyAsync(() -> model.call(question)))
            .toList();
    assertThat(asked.stream().map(CompletableFuture::join)).containsExactlyElementsOf(alone);
  }

  @Test
  void theStreamedPiecesMakeTheWholeAnswerAndTheLastSaysWhyItEnded() {
    List<ChatResponse> pieces =
        model.stream(new Prompt(QUESTION)).collectList().block(Duration.ofSeconds(60));
    assertThat(pieces).hasSizeGreaterThan(1);
    assertThat(pieces.stream().map(ReticentChatModelTest::text).collect(Collectors.joining()))
        .isEqualTo(expected(QUESTION));
    ChatResponse last = pieces.get(pieces.size() - 1);
    assertThat(last.getResult().getMetadata().getFinishReason()).isIn("stop", "length");
    assertThat(last.getMetadata().getUsage().getCompletionTokens()).isBetween(1, 12);
  }

  @Test
  void whoeverStopsListeningDisturbsNobody() {
    assertThat(model.stream(QUESTION).take(1).collectList().block(Duration.ofSeconds(60)))
        .hasSize(1);
    assertThat(model.call(QUESTION)).isEqualTo(expected(QUESTION));
  }

  @Test
  void systemMessagesAndEarlierTurnsReachTheModel() {
    ChatResponse alone = model.call(new Prompt(QUESTION));
    ChatResponse withTurns =
        model.call(
            new Prompt(
                new SystemMessage("Answer in one line."),
                new UserMessage("And before?"),
                new AssistantMessage("Nothing."),
                new UserMessage(QUESTION)));
    assertThat(withTurns.getMetadata().getUsage().getPromptTokens())
        .isGreaterThan(alone.getMetadata().getUsage().getPromptTokens() + 4);
  }

  @Test
  void whatItCannotDoIsRefusedByName() {
    ChatOptions other = ChatOptions.builder().model("gpt-4").build();
    assertThatThrownBy(() -> model.call(new Prompt(QUESTION, other)))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("another model");
    Prompt tools = new Prompt(ToolResponseMessage.builder().responses(List.of()).build());
    assertThatThrownBy(() -> model.stream(tools).blockLast(Duration.ofSeconds(60)))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("TOOL");
    assertThatThrownBy(() -> model.call("table ".repeat(5000)))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("shorten the prompt");
  }

  @Test
  void whatThePageOfJavaShowsCompiles() throws IOException {
    for (JavaSnippets.Snippet snippet : JavaSnippets.all(Path.of(".."))) {
      if (snippet.mentions("ReticentChatModel")) {
        snippet.assertCompiles(
            List.of(
                "dev.reticent.config",
                "dev.reticent.springai",
                "org.springframework.ai.chat.model",
                "org.springframework.context.annotation"),
            Map.of());
      }
    }
  }
}
