package dev.reticent.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.reticent.sampling.GenerationRequest;
import dev.reticent.sampling.SamplingParameters;
import dev.reticent.sampling.StopConditions;
import dev.reticent.settings.SampleConfig;
import dev.reticent.text.Message;
import dev.reticent.text.PromptFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Turns LangChain4j's requests into ours; what a request asks for is done or refused. */
final class Requests {
  private final PromptFormat format;
  private final SampleConfig.Decoding decoding;
  private final ChatRequestParameters defaults;
  private final AtomicInteger count = new AtomicInteger();

  Requests(PromptFormat format, SampleConfig.Decoding decoding) {
    this.format = format;
    this.decoding = decoding;
    this.defaults =
        ChatRequestParameters.builder()
            .temperature(decoding.temperature())
            .topP(decoding.topP())
            .topK(decoding.topK())
            .frequencyPenalty(decoding.frequencyPenalty())
            .presencePenalty(decoding.presencePenalty())
            .maxOutputTokens(decoding.maxNewTokens())
            .stopSequences(decoding.stop())
            .build();
  }

  ChatRequestParameters defaults() {
    return defaults;
  }

  /**
   * @param asked with the defaults filled in, as LangChain4j hands it on
   * @throws UnsupportedFeatureException naming what the model cannot do
   */
  GenerationRequest request(ChatRequest asked) {
    ChatRequestParameters wanted = defaults.overrideWith(asked.parameters());
    refuse(wanted.modelName() != null, "another model_name: this model is the one that was opened");
    refuse(!wanted.toolSpecifications().isEmpty(), "tools: reticent-server has them");
    refuse(
        wanted.responseFormat() != null
            && wanted.responseFormat().type() == ResponseFormatType.JSON,
        "answers in JSON: reticent-server has them");
    SamplingParameters parameters =
        new SamplingParameters(
            wanted.temperature(),
            wanted.topK(),
            wanted.topP(),
            decoding.minP(),
            decoding.repetitionPenalty(),
            wanted.frequencyPenalty(),
            wanted.presencePenalty(),
            Map.of());
    StopConditions stops =
        StopConditions.after(wanted.maxOutputTokens()).withStopStrings(wanted.stopSequences());
    List<Message> messages = asked.messages().stream().map(Requests::message).toList();
    return GenerationRequest.of(format.prompt(messages), parameters, stops)
        .withSeed(decoding.seed(), count.getAndIncrement() & Integer.MAX_VALUE);
  }

  private static Message message(ChatMessage message) {
    if (message instanceof SystemMessage system) {
      return Message.system(system.text());
    }
    if (message instanceof UserMessage user) {
      refuse(!user.hasSingleText(), "anything but one text in a user's message");
      return Message.user(user.singleText());
    }
    if (message instanceof AiMessage answer) {
      refuse(answer.hasToolExecutionRequests(), "tools: reticent-server has them");
      return Message.assistant(answer.text());
    }
    throw new UnsupportedFeatureException(
        "Reticent does not take messages of type " + message.type());
  }

  private static void refuse(boolean unsupported, String what) {
    if (unsupported) {
      throw new UnsupportedFeatureException("Reticent in this JVM does not support " + what);
    }
  }
}
