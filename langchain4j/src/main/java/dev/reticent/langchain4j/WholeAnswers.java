package dev.reticent.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.reticent.sampling.GenerationQueue;
import dev.reticent.sampling.Ticket;
import dev.reticent.sampling.WholeAnswer;

/** Waits for each answer on the thread that asks. */
record WholeAnswers(GenerationQueue queue, Requests requests) implements ChatModel {

  @Override
  public ChatRequestParameters defaultRequestParameters() {
    return requests.defaults();
  }

  /** An interrupt ends the answer, and is still there when this throws. */
  @Override
  public ChatResponse doChat(ChatRequest asked) {
    WholeAnswer answer = new WholeAnswer();
    Ticket ticket = Answers.submit(queue, requests.request(asked), answer);
    return Answers.response(answer.await(ticket));
  }
}
