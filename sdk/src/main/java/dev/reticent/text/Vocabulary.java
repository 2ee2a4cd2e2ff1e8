package dev.reticent.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.config.UserInputException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeSet;

/**
 * The tokens of a {@code tokenizer.json}, with the added tokens that only {@code
 * tokenizer_config.json} declares put in, as transformers does when it loads the two.
 *
 * @param size above every id
 */
record Vocabulary(
    String definition, Map<String, Integer> ids, TreeSet<Integer> specialIds, int size) {

  static Vocabulary read(Path file, JsonNode tokenizer, JsonNode config) {
    Map<String, Integer> ids = new HashMap<>();
    JsonNode vocabulary = tokenizer.path("model").path("vocab");
    if (vocabulary.isObject()) {
      vocabulary.properties().forEach(e -> ids.put(e.getKey(), e.getValue().intValue()));
    } else if (vocabulary.isArray()) {
      for (int i = 0; i < vocabulary.size(); i++) {
        ids.put(vocabulary.get(i).path(0).asText(), i);
      }
    } else {
      throw new UserInputException(
          file + ": no model.vocab found; is this the tokenizer.json of a Hugging Face model?");
    }
    TreeSet<Integer> special = new TreeSet<>();
    TreeSet<Integer> added = new TreeSet<>();
    for (JsonNode token : tokenizer.path("added_tokens")) {
      int id = token.path("id").asInt();
      ids.put(token.path("content").asText(), id);
      added.add(id);
      if (token.path("special").asBoolean()) {
        special.add(id);
      }
    }
    ArrayNode more = missing(config, ids, added, special);
    String definition = definition((ObjectNode) tokenizer, more);
    int size = 1 + ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
    return new Vocabulary(definition, Map.copyOf(ids), special, size);
  }

  private static ArrayNode missing(
      JsonNode config, Map<String, Integer> ids, TreeSet<Integer> added, TreeSet<Integer> special) {
    ArrayNode more = ModelFolder.JSON.createArrayNode();
    config
        .path("added_tokens_decoder")
        .properties()
        .forEach(
            entry -> {
              int id = Integer.parseInt(entry.getKey());
              if (added.add(id)) {
                ObjectNode token = entry.getValue().deepCopy();
                more.add(token.put("id", id));
                ids.put(token.path("content").asText(), id);
                if (token.path("special").asBoolean()) {
                  special.add(id);
                }
              }
            });
    for (String key : List.of("bos_token", "eos_token", "pad_token", "unk_token")) {
      ModelFolder.token(config, key)
          .filter(ids::containsKey)
          .ifPresent(
              content -> {
                int id = ids.getOrDefault(content, -1);
                special.add(id);
                if (added.add(id)) {
                  more.addObject().put("id", id).put("content", content).put("special", true);
                }
              });
    }
    for (JsonNode token : more) {
      for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
        if (!token.has(flag)) {
          ((ObjectNode) token).put(flag, false);
        }
      }
    }
    return more;
  }

  private static String definition(ObjectNode tokenizer, ArrayNode more) {
    ArrayNode tokens = tokenizer.withArray("added_tokens");
    tokens.addAll(more);
    try {
      return ModelFolder.JSON.writeValueAsString(tokenizer);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  OptionalInt id(String token) {
    Integer id = ids.get(token);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }
}
