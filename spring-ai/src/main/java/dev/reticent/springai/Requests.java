package dev.reticent.springai;

import dev.reticent.sampling.GenerationRequest;
import dev.reticent.sampling.SamplingParameters;
import dev.reticent.sampling.StopConditions;
import dev.reticent.settings.SampleConfig;
import dev.reticent.text.PromptFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;

/** Turns Spring AI's prompts into requests; what a prompt asks for is done or refused. */
final class Requests {
  private final PromptFormat format;
  private final SampleConfig.Decoding decoding;
  private final ChatOptions defaults;
  private final AtomicInteger count = new AtomicInteger();

  Requests(PromptFormat format, SampleConfig.Decoding decoding) {
    this.format = format;
    this.decoding = decoding;
    this.defaults =
        ChatOptions.builder()
            .temperature(decoding.temperature())
            .topP(decoding.topP())
            .topK(decoding.topK())
            .frequencyPenalty(decoding.frequencyPenalty())
            .presencePenalty(decoding.presencePenalty())
            .maxTokens(decoding.maxNewTokens())
            .stopSequences(decoding.stop())
            .build();
  }

  ChatOptions defaults() {
    return defaults;
  }

  /**
   * @throws UnsupportedOperationException naming what the model cannot do
   */
  GenerationRequest request(Prompt prompt) {
    ChatOptions wanted = Objects.requireNonNullElse(prompt.getOptions(), defaults);
    refuse(wanted.getModel() != null, "another model: this one is the one that was opened");
    refuse(
        wanted instanceof ToolCallingChatOptions tools
            && !Objects.requireNonNullElse(tools.getToolCallbacks(), List.of()).isEmpty(),
        "tools: reticent-server has them");
    refuse(
        wanted instanceof StructuredOutputChatOptions structured
            && structured.getOutputSchema() != null,
        "answers by a schema: reticent-server has them");
    SamplingParameters parameters =
        new SamplingParameters(
            value(wanted, ChatOptions::getTemperature, decoding.temperature()),
            value(wanted, ChatOptions::getTopK, decoding.topK()),
            value(wanted, ChatOptions::getTopP, decoding.topP()),
            decoding.minP(),
            decoding.repetitionPenalty(),
            value(wanted, ChatOptions::getFrequencyPenalty, decoding.frequencyPenalty()),
            value(wanted, ChatOptions::getPresencePenalty, decoding.presencePenalty()),
            Map.of());
    StopConditions stops =
        StopConditions.after(value(wanted, ChatOptions::getMaxTokens, decoding.maxNewTokens()))
            .withStopStrings(value(wanted, ChatOptions::getStopSequences, decoding.stop()));
    List<dev.reticent.text.Message> messages =
        prompt.getInstructions().stream().map(Requests::message).toList();
    return GenerationRequest.of(format.prompt(messages), parameters, stops)
        .withSeed(decoding.seed(), count.getAndIncrement() & Integer.MAX_VALUE);
  }

  private static <T> T value(
      ChatOptions wanted, Function<ChatOptions, @Nullable T> option, T other) {
    T value = option.apply(wanted);
    return value == null ? other : value;
  }

  private static dev.reticent.text.Message message(Message message) {
    String text = Objects.requireNonNullElse(message.getText(), "");
    if (message instanceof SystemMessage) {
      return dev.reticent.text.Message.system(text);
    }
    if (message instanceof UserMessage user) {
      refuse(!user.getMedia().isEmpty(), "anything but text in a user's message");
      return dev.reticent.text.Message.user(text);
    }
    if (message instanceof AssistantMessage answer) {
      refuse(answer.hasToolCalls(), "tools: reticent-server has them");
      return dev.reticent.text.Message.assistant(text);
    }
    throw new UnsupportedOperationException(
        "Reticent does not take messages of type " + message.getMessageType());
  }

  private static void refuse(boolean unsupported, String what) {
    if (unsupported) {
      throw new UnsupportedOperationException("Reticent in this JVM does not support " + what);
    }
  }
}
