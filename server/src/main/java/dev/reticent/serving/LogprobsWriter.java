package dev.reticent.serving;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.sampling.GeneratedToken;
import dev.reticent.sampling.TokenLogprob;
import dev.reticent.serving.TextRequest.Api;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Log-probabilities of tokens in the shapes of completions and of conversations. */
final class LogprobsWriter {
  /** What stands for minus infinity, which JSON does not have; vLLM's. */
  private static final double LOWEST = -9999;

  private final boolean chat;
  private final TokenTexts texts;
  private final int[] offsets;

  LogprobsWriter(TextRequest request, TokenTexts texts) {
    this.chat = request.api() != Api.COMPLETIONS;
    this.texts = texts;
    this.offsets = new int[request.answers()];
  }

  /** The next tokens of an answer. */
  ObjectNode of(int index, List<GeneratedToken> tokens) {
    return chat ? chat(tokens) : completion(index, tokens);
  }

  private ObjectNode chat(List<GeneratedToken> tokens) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    ArrayNode content = node.putArray("content");
    for (GeneratedToken token : tokens) {
      ObjectNode entry = entry(content, token.id(), token.logprob());
      ArrayNode top = entry.putArray("top_logprobs");
      for (TokenLogprob likely : token.top()) {
        entry(top, likely.id(), likely.logprob());
      }
    }
    return node;
  }

  private ObjectNode entry(ArrayNode array, int id, double logprob) {
    byte[] utf8 = texts.bytes(id);
    ObjectNode entry = array.addObject();
    entry.put("token", new String(utf8, StandardCharsets.UTF_8)).put("logprob", floored(logprob));
    ArrayNode bytes = entry.putArray("bytes");
    for (byte b : utf8) {
      bytes.add(b & 0xff);
    }
    return entry;
  }

  private ObjectNode completion(int index, List<GeneratedToken> tokens) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    ArrayNode names = node.putArray("tokens");
    ArrayNode values = node.putArray("token_logprobs");
    ArrayNode top = node.putArray("top_logprobs");
    ArrayNode places = node.putArray("text_offset");
    for (GeneratedToken token : tokens) {
      String text = texts.text(token.id());
      names.add(text);
      places.add(offsets[index]);
      offsets[index] += texts.shows(token.id()) ? text.length() : 0;
      if (Double.isNaN(token.logprob())) { // a prompt's first token, which nothing predicts
        values.addNull();
        top.addNull();
      } else {
        values.add(floored(token.logprob()));
        likely(top.addObject(), text, token);
      }
    }
    return node;
  }

  private void likely(ObjectNode likely, String text, GeneratedToken token) {
    // Tokens that look the same share a name; the likeliest comes first and stays.
    for (TokenLogprob one : token.top()) {
      String name = texts.text(one.id());
      if (!likely.has(name)) {
        likely.put(name, floored(one.logprob()));
      }
    }
    if (!likely.has(text)) {
      likely.put(text, floored(token.logprob())); // OpenAI's: the chosen one is always there
    }
  }

  private static double floored(double logprob) {
    return Math.max(LOWEST, logprob);
  }
}
