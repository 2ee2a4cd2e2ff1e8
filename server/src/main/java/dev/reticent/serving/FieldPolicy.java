package dev.reticent.serving;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What happens to fields that are not honoured: those of OpenAI, vLLM and llama.cpp that would
 * change the text are refused by name unless they ask for what happens anyway; those without an
 * effect on the text are accepted; a name that nobody knows is ignored and logged once.
 */
final class FieldPolicy {
  private static final System.Logger LOG = System.getLogger(FieldPolicy.class.getName());

  /** Names to log, so that a client cannot fill log or memory with names it makes up. */
  private static final int MOST_LOGGED = 100;

  /** Accepted, without effect on the text. */
  static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "user",
          "store",
          "metadata",
          "service_tier",
          "safety_identifier",
          "prompt_cache_key",
          "prompt_cache_retention");

  /** Refused, but for the values that ask for nothing. */
  static final Map<String, Set<String>> REFUSED =
      new TreeMap<>(
          Map.ofEntries(
              // OpenAI
              Map.entry("best_of", Set.of("1")),
              Map.entry("suffix", Set.of("\"\"")),
              Map.entry("functions", Set.of("[]")),
              Map.entry("function_call", Set.of("\"none\"", "\"auto\"")),
              Map.entry("modalities", Set.of("[\"text\"]")),
              Map.entry("audio", Set.of()),
              Map.entry("prediction", Set.of()),
              Map.entry("web_search_options", Set.of()),
              Map.entry("reasoning_effort", Set.of("\"none\"")),
              Map.entry("verbosity", Set.of("\"medium\"")),
              Map.entry("moderation", Set.of()),
              // vLLM
              Map.entry("min_tokens", Set.of("0")),
              Map.entry("use_beam_search", Set.of("false")),
              Map.entry("length_penalty", Set.of("1", "1.0")),
              Map.entry("early_stopping", Set.of("false")),
              Map.entry("prompt_logprobs", Set.of()),
              Map.entry("truncate_prompt_tokens", Set.of()),
              Map.entry("skip_special_tokens", Set.of("true")),
              Map.entry("spaces_between_special_tokens", Set.of("true")),
              Map.entry("include_stop_str_in_output", Set.of("false")),
              Map.entry("add_special_tokens", Set.of()),
              Map.entry("add_generation_prompt", Set.of("true")),
              Map.entry("continue_final_message", Set.of("false")),
              Map.entry("chat_template", Set.of()),
              Map.entry("chat_template_kwargs", Set.of("{}")),
              Map.entry("documents", Set.of("[]")),
              Map.entry("mm_processor_kwargs", Set.of("{}")),
              Map.entry("allowed_token_ids", Set.of()),
              Map.entry("bad_words", Set.of("[]")),
              Map.entry("logits_processors", Set.of("[]")),
              Map.entry("structured_outputs", Set.of()),
              Map.entry("guided_json", Set.of()),
              Map.entry("guided_regex", Set.of()),
              Map.entry("guided_choice", Set.of()),
              Map.entry("guided_grammar", Set.of()),
              Map.entry("return_tokens_as_token_ids", Set.of("false")),
              Map.entry("return_token_ids", Set.of("false")),
              Map.entry("cache_salt", Set.of()),
              Map.entry("priority", Set.of("0")),
              Map.entry("kv_transfer_params", Set.of()),
              // llama.cpp
              Map.entry("n_predict", Set.of()),
              Map.entry("grammar", Set.of("\"\"")),
              Map.entry("json_schema", Set.of()),
              Map.entry("typical_p", Set.of("1", "1.0")),
              Map.entry("mirostat", Set.of("0")),
              Map.entry("dynatemp_range", Set.of("0", "0.0")),
              Map.entry("dry_multiplier", Set.of("0", "0.0")),
              Map.entry("xtc_probability", Set.of("0", "0.0")),
              Map.entry("samplers", Set.of()),
              Map.entry("lora", Set.of("[]")),
              Map.entry("images", Set.of("[]"))));

  /** Read for chat, and refused elsewhere in the same way. */
  static final Map<String, Set<String>> CHAT_ONLY =
      Map.of(
          "tools", Set.of("[]"),
          "tool_choice", Set.of("\"none\"", "\"auto\""),
          "parallel_tool_calls", Set.of("true", "false"));

  /**
   * RequestFields of responses that have no counterpart here, and those of chat that it calls
   * otherwise.
   */
  static final Map<String, Set<String>> NOT_IN_RESPONSES =
      Map.ofEntries(
          Map.entry("background", Set.of("false")),
          Map.entry("context_management", Set.of("[]")),
          Map.entry("conversation", Set.of()),
          Map.entry("max_tool_calls", Set.of()),
          Map.entry("prompt", Set.of()),
          Map.entry("reasoning", Set.of("{}", "{\"effort\":\"none\"}")),
          Map.entry("truncation", Set.of("\"disabled\"")),
          Map.entry("messages", Set.of()),
          Map.entry("max_tokens", Set.of()),
          Map.entry("max_completion_tokens", Set.of()),
          Map.entry("response_format", Set.of("{\"type\":\"text\"}")),
          Map.entry("logprobs", Set.of("false")),
          Map.entry("n", Set.of("1")),
          Map.entry("echo", Set.of("false")));

  /** What does the same here as a field that is refused. */
  static final Map<String, String> INSTEAD =
      Map.ofEntries(
          Map.entry("functions", "tools"),
          Map.entry("function_call", "tool_choice"),
          Map.entry("structured_outputs", "response_format"),
          Map.entry("guided_json", "response_format"),
          Map.entry("json_schema", "response_format"),
          Map.entry("n_predict", "max_tokens"),
          Map.entry("conversation", "previous_response_id"),
          Map.entry("messages", "input"),
          Map.entry("max_tokens", "max_output_tokens"),
          Map.entry("max_completion_tokens", "max_output_tokens"),
          Map.entry("response_format", "text.format"),
          Map.entry("logprobs", "include with message.output_text.logprobs"));

  private final Set<String> logged = new HashSet<>();

  /**
   * Applies the policy to what is left when every honoured field has been read.
   *
   * @param alsoRefused those that the API at hand has not
   */
  void apply(RequestFields fields, Map<String, Set<String>> alsoRefused) {
    for (String name : fields.unknown()) {
      if (WITHOUT_EFFECT.contains(name)) {
        continue;
      }
      Set<String> neutral = REFUSED.getOrDefault(name, alsoRefused.get(name));
      if (neutral == null) {
        log(name);
      } else {
        fields
            .given(name)
            .map(JsonNode::toString)
            .filter(value -> !neutral.contains(value))
            .ifPresent(value -> fields.unsupported(name, refusal(name, alsoRefused)));
      }
    }
  }

  /** What is said of a refused field: what to use is never refused by the same API. */
  static String refusal(String name, Map<String, Set<String>> alsoRefused) {
    String instead = INSTEAD.getOrDefault(name, name);
    while (alsoRefused.containsKey(instead) && INSTEAD.containsKey(instead)) {
      instead = INSTEAD.get(instead);
    }
    if (alsoRefused.containsKey(instead) && CHAT_ONLY.containsKey(instead)) {
      return "is not supported: use " + instead + " of /v1/chat/completions.";
    }
    return "is not supported: " + (instead.equals(name) ? "leave it out." : "use " + instead + ".");
  }

  private synchronized void log(String name) {
    // A name may be anything a client sends, so only what looks like a field is printed.
    String shown = name.matches("[A-Za-z0-9._-]{1,64}") ? name : "(with unusual characters)";
    if (logged.size() < MOST_LOGGED && logged.add(shown)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "A request has the unknown field {0}, which is ignored.",
          shown);
    }
  }
}
