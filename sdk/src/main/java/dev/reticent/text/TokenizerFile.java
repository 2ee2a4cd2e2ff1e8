package dev.reticent.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.config.GitLfs;
import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The tokenizer of a model folder in the form of {@code tokenizer.json}: that file, or what is made
 * of {@code tekken.json} or SentencePiece's {@code tokenizer.model} where it is missing.
 *
 * @param path the file it comes from
 */
record TokenizerFile(Path path, JsonNode json) {

  /** Files in which others keep their tokenizers, and which are not read. */
  private static final List<String> OTHER_FORMATS =
      List.of("spiece.model", "tiktoken.model", "merges.txt", "vocab.json");

  static TokenizerFile of(ModelFolder folder) {
    Path file = folder.path().resolve("tokenizer.json");
    if (Files.isRegularFile(file)) {
      return new TokenizerFile(file, folder.json("tokenizer.json"));
    }
    Path tekken = folder.path().resolve("tekken.json");
    if (Files.isRegularFile(tekken)) {
      return new TokenizerFile(tekken, TekkenJson.of(tekken, folder.json("tekken.json")));
    }
    Path pieces = folder.path().resolve("tokenizer.model");
    if (Files.isRegularFile(pieces)) {
      // transformers adds the begin token of such tokenizers unless told otherwise.
      boolean begins = folder.json("tokenizer_config.json").path("add_bos_token").asBoolean(true);
      SentencePieceModel model = SentencePieceModel.read(pieces, content(pieces));
      return new TokenizerFile(pieces, SentencePieceJson.of(pieces, model, begins));
    }
    throw new UserInputException(missing(folder.path(), file));
  }

  private static ByteBuffer content(Path file) {
    try {
      byte[] content = Files.readAllBytes(file);
      GitLfs.refuse(file, content);
      return ByteBuffer.wrap(content);
    } catch (IOException e) {
      throw new UserInputException(file + ": cannot be read: " + e.getMessage() + ".", e);
    }
  }

  private static String missing(Path folder, Path file) {
    return OTHER_FORMATS.stream()
        .filter(other -> Files.exists(folder.resolve(other)))
        .findFirst()
        .map(
            other ->
                "%s is missing; there is a %s, which is not read. %s"
                    .formatted(file, other, SentencePieceJson.CURE))
        .orElse(file + " is missing: give a model folder in Hugging Face layout.");
  }
}
