package dev.reticent.springai;

import dev.reticent.sampling.Generation;
import java.util.List;
import java.util.Locale;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.metadata.ChatGenerationMetadata;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.model.ChatResponse;

/** What Spring AI is told of an answer. */
final class Answers {
  private Answers() {}

  static ChatResponse piece(String text) {
    return new ChatResponse(
        List.of(
            new org.springframework.ai.chat.model.Generation(
                AssistantMessage.builder().content(text).build())));
  }

  /**
   * @param text the whole answer, or what is left of a streamed one
   * @throws IllegalStateException if the answer failed, saying why
   */
  static ChatResponse last(String text, Generation generation) {
    String reason =
        switch (generation.finishReason()) {
          case STOP, LENGTH, CANCELLED, TIMEOUT ->
              generation.finishReason().name().toLowerCase(Locale.ROOT);
          case CONSTRAINT, ERROR -> throw new IllegalStateException(generation.error());
        };
    ChatGenerationMetadata end = ChatGenerationMetadata.builder().finishReason(reason).build();
    ChatResponseMetadata took =
        ChatResponseMetadata.builder()
            .usage(new DefaultUsage(generation.promptTokens(), generation.tokens().size()))
            .build();
    return new ChatResponse(
        List.of(
            new org.springframework.ai.chat.model.Generation(
                AssistantMessage.builder().content(text).build(), end)),
        took);
  }
}
