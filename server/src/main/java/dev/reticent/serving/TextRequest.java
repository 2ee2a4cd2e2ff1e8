package dev.reticent.serving;

import dev.reticent.sampling.SamplingParameters;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A request for text, its fields read and in range.
 *
 * @param model the name of the base model or an adapter
 * @param n answers to each prompt
 * @param maxTokens the most tokens of an answer; empty for what the context leaves, which is at
 *     most 16 for completions
 * @param endTokens whether the model's end tokens end an answer
 * @param seed empty for a fresh one
 * @param form what an answer has to look like
 * @param tools what it may or must call
 * @param logprobs whether to report the log-probability of each token
 * @param topLogprobs how many of the likeliest tokens to report beside it
 * @param echo whether the answer repeats the prompt
 * @param stream whether the answer comes as server-sent events
 * @param includeUsage whether a stream ends with the numbers of tokens
 */
record TextRequest(
    Api api,
    String model,
    List<Prompt> prompts,
    int n,
    OptionalInt maxTokens,
    SamplingParameters parameters,
    List<String> stop,
    Set<Integer> stopIds,
    boolean endTokens,
    OptionalLong seed,
    AnswerFormat form,
    Tools tools,
    boolean logprobs,
    int topLogprobs,
    boolean echo,
    boolean stream,
    boolean includeUsage) {

  /** The ways to ask. */
  enum Api {
    COMPLETIONS("prompt", "response_format", "cmpl-"),
    CHAT("messages", "response_format", "chatcmpl-"),
    RESPONSES("input", "text.format", "resp_");

    private final String promptField;
    private final String formField;
    private final String idPrefix;

    Api(String promptField, String formField, String idPrefix) {
      this.promptField = promptField;
      this.formField = formField;
      this.idPrefix = idPrefix;
    }

    /** The field that holds what is to be answered. */
    String promptField() {
      return promptField;
    }

    /** What the ids of answers begin with. */
    String idPrefix() {
      return idPrefix;
    }
  }

  TextRequest {
    prompts = List.copyOf(prompts);
    stop = List.copyOf(stop);
    stopIds = Set.copyOf(stopIds);
  }

  /**
   * Whether the prompt's tokens are scored like the answer's; where nothing is to be answered, that
   * is what is left to do.
   */
  boolean scoring() {
    return echo && (logprobs || maxTokens.orElse(1) == 0);
  }

  /** The field that says what an answer has to look like. */
  String formField() {
    return tools.callable() ? "tools" : api.formField;
  }

  /** How many answers there will be. */
  int answers() {
    return prompts.size() * n;
  }

  /** About how much there is to encode, the tools that the model is told included. */
  int promptCharacters() {
    long said = prompts.stream().mapToLong(Prompt::size).sum();
    return (int) Math.min(Integer.MAX_VALUE, said + tools.size());
  }
}
