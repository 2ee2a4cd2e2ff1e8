package dev.reticent.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import dev.reticent.config.UserInputException;
import dev.reticent.sampling.Generation;
import dev.reticent.sampling.GenerationListener;
import dev.reticent.sampling.GenerationQueue;
import dev.reticent.sampling.GenerationRequest;
import dev.reticent.sampling.Ticket;

/** What LangChain4j is told of an answer. */
final class Answers {
  private Answers() {}

  /**
   * Queues a request.
   *
   * @throws InvalidRequestException saying what is wrong with it, such as its length
   */
  static Ticket submit(
      GenerationQueue queue, GenerationRequest request, GenerationListener listener) {
    try {
      return queue.submit(request, listener);
    } catch (UserInputException e) {
      throw new InvalidRequestException(e.getMessage(), e);
    }
  }

  /**
   * @throws InternalServerException if the answer failed, saying why
   */
  static ChatResponse response(Generation generation) {
    return ChatResponse.builder()
        .aiMessage(AiMessage.from(generation.text()))
        .tokenUsage(new TokenUsage(generation.promptTokens(), generation.tokens().size()))
        .finishReason(reason(generation))
        .build();
  }

  private static FinishReason reason(Generation generation) {
    return switch (generation.finishReason()) {
      case STOP -> FinishReason.STOP;
      case LENGTH -> FinishReason.LENGTH;
      case CANCELLED, TIMEOUT -> FinishReason.OTHER;
      case CONSTRAINT, ERROR -> throw new InternalServerException(generation.error());
    };
  }
}
