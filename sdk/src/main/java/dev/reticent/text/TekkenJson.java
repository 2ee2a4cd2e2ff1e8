package dev.reticent.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.config.UserInputException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Mistral's {@code tekken.json} as the {@code tokenizer.json} that makes the same ids: tokens of
 * bytes, best first, behind a number of special ones.
 */
final class TekkenJson {
  private static final String BEGIN = "<s>";

  private final Path file;
  private final JsonNode tekken;
  private final int special;

  private TekkenJson(Path file, JsonNode tekken) {
    this.file = file;
    this.tekken = tekken;
    this.special = number("default_num_special_tokens");
  }

  /**
   * @throws UserInputException if something is missing
   */
  static ObjectNode of(Path file, JsonNode tekken) {
    TekkenJson made = new TekkenJson(file, tekken);
    ObjectNode json = ModelFolder.JSON.createObjectNode();
    json.put("version", "1.0");
    ArrayNode added = made.added();
    json.set("added_tokens", added);
    json.putNull("normalizer");
    json.set("pre_tokenizer", made.words());
    json.set("post_processor", SentencePieceJson.beginning(BEGIN, made.begin()));
    json.set("decoder", byteLevel());
    json.set("model", made.model(added));
    return json;
  }

  private int number(String key) {
    JsonNode found = tekken.path("config").path(key);
    if (!found.isInt() || found.intValue() < 0) {
      throw missing("config." + key);
    }
    return found.intValue();
  }

  private UserInputException missing(String what) {
    return new UserInputException(file + ": no " + what + " found. " + SentencePieceJson.CURE);
  }

  private ArrayNode added() {
    Map<Integer, String> names = new HashMap<>();
    JsonNode own = tekken.path("special_tokens");
    if (!own.isArray()) {
      throw missing("special_tokens");
    }
    own.forEach(token -> names.put(token.path("rank").asInt(), token.path("token_str").asText()));
    ArrayNode tokens = ModelFolder.JSON.createArrayNode();
    for (int id = 0; id < special; id++) {
      ObjectNode token = tokens.addObject().put("id", id);
      token.put("content", names.getOrDefault(id, "<SPECIAL_" + id + ">"));
      for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
        token.put(flag, false);
      }
      token.put("special", true);
    }
    return tokens;
  }

  private int begin() {
    for (JsonNode token : tekken.path("special_tokens")) {
      if (token.path("token_str").asText().equals(BEGIN)) {
        return token.path("rank").asInt();
      }
    }
    throw missing("special token " + BEGIN);
  }

  /** A text is cut by a pattern, then turned into the letters that stand for bytes. */
  private ObjectNode words() {
    JsonNode pattern = tekken.path("config").path("pattern");
    if (!pattern.isTextual()) {
      throw missing("config.pattern");
    }
    ObjectNode sequence = ModelFolder.JSON.createObjectNode().put("type", "Sequence");
    ArrayNode steps = sequence.putArray("pretokenizers");
    ObjectNode split = steps.addObject().put("type", "Split");
    split.putObject("pattern").put("Regex", pattern.textValue());
    split.put("behavior", "Isolated").put("invert", false);
    steps.add(byteLevel());
    return sequence;
  }

  private static ObjectNode byteLevel() {
    return ModelFolder.JSON
        .createObjectNode()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", false)
        .put("use_regex", false);
  }

  private ObjectNode model(ArrayNode added) {
    int count = number("default_vocab_size") - special;
    Map<String, Integer> ranks = new HashMap<>();
    ObjectNode json = ModelFolder.JSON.createObjectNode().put("type", "BPE");
    json.putNull("dropout").putNull("unk_token");
    json.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
    // A word that is a token is taken whole, whatever its merges would make of it.
    json.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", true);
    ObjectNode vocabulary = json.putObject("vocab");
    for (JsonNode token : tekken.path("vocab")) {
      int rank = token.path("rank").asInt();
      if (rank < count) {
        String letters = TokenBytes.letters(bytes(token));
        ranks.put(letters, rank);
        vocabulary.put(letters, special + rank);
      }
    }
    // Those of the same letters are never seen: a text is cut at special tokens first.
    added.forEach(
        token -> vocabulary.put(token.path("content").asText(), token.path("id").asInt()));
    if (ranks.size() != count) {
      throw missing("vocab of " + count + " tokens");
    }
    json.set("merges", new MergeList(ranks).json());
    return json;
  }

  private byte[] bytes(JsonNode token) {
    try {
      return Base64.getDecoder().decode(token.path("token_bytes").asText());
    } catch (IllegalArgumentException e) {
      throw new UserInputException(
          file + ": token_bytes of rank " + token.path("rank") + " are not base64.", e);
    }
  }
}
