package dev.reticent.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.config.GitLfs;
import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The JSON files of a Hugging Face model folder; a missing file reads as an empty object. */
record ModelFolder(Path path) {
  static final ObjectMapper JSON = new ObjectMapper();

  JsonNode json(String name) {
    Path file = path.resolve(name);
    if (!Files.exists(file)) {
      return JSON.createObjectNode();
    }
    try {
      byte[] content = Files.readAllBytes(file);
      GitLfs.refuse(file, content);
      JsonNode node = JSON.readTree(content);
      if (!node.isObject()) {
        throw new UserInputException(
            file
                + ": expected a JSON object, found "
                + (node.isMissingNode() ? "an empty file" : node.getNodeType())
                + ".");
      }
      return node;
    } catch (JsonProcessingException e) {
      throw new UserInputException(
          file + ": not valid JSON: " + e.getOriginalMessage() + place(e) + ".", e);
    } catch (IOException e) {
      throw new UserInputException(file + ": cannot be read: " + e.getMessage() + ".", e);
    }
  }

  /** A token is written as a string, or as an object with its text under {@code content}. */
  static Optional<String> token(JsonNode config, String key) {
    JsonNode node = config.path(key);
    JsonNode text = node.isObject() ? node.path("content") : node;
    return text.isTextual() ? Optional.of(text.textValue()) : Optional.empty();
  }

  /**
   * The text of a special token: from {@code tokenizer_config.json}, else from {@code
   * special_tokens_map.json}, in which older models name theirs. A null in the former counts as
   * said.
   */
  Optional<String> specialToken(String key) {
    JsonNode config = json("tokenizer_config.json");
    return token(config.has(key) ? config : json("special_tokens_map.json"), key);
  }

  private static String place(JsonProcessingException e) {
    return e.getLocation() == null
        ? ""
        : " at line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
  }
}
