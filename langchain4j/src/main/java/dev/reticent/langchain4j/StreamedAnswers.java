package dev.reticent.langchain4j;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.reticent.sampling.GenerationQueue;

/** Tells a handler of each piece of an answer as it comes. */
record StreamedAnswers(GenerationQueue queue, Requests requests, Handlers handlers)
    implements StreamingChatModel {

  @Override
  public ChatRequestParameters defaultRequestParameters() {
    return requests.defaults();
  }

  @Override
  public void doChat(ChatRequest asked, StreamingChatResponseHandler handler) {
    Handlers.Told told = handlers.told(handler);
    told.cancelWith(Answers.submit(queue, requests.request(asked), told));
  }
}
