package dev.reticent.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.reticent.sampling.Generation;
import dev.reticent.sampling.GenerationListener;
import dev.reticent.sampling.GenerationQueue;
import dev.reticent.sampling.Ticket;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waits for each answer on the thread that asks. */
record WholeAnswers(GenerationQueue queue, Requests requests) implements ChatModel {

  @Override
  public ChatRequestParameters defaultRequestParameters() {
    return requests.defaults();
  }

  /** An interrupt ends the answer, and is still there when this throws. */
  @Override
  public ChatResponse doChat(ChatRequest asked) {
    CompletableFuture<Generation> answer = new CompletableFuture<>();
    Ticket ticket =
        Answers.submit(
            queue,
            requests.request(asked),
            new GenerationListener() {
              @Override
              public void finished(String rest, Generation generation) {
                answer.complete(generation);
              }
            });
    try {
      return Answers.response(answer.get());
    } catch (InterruptedException e) {
      ticket.cancel();
      Thread.currentThread().interrupt();
      CancellationException cancelled = new CancellationException("interrupted while answering");
      cancelled.initCause(e);
      throw cancelled;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
