package dev.reticent.constraint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.sampling.TokenConstraint;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Texts held against a schema byte by byte. */
final class Texts {
  private static final List<byte[]> BYTES = Vocabularies.tokens(257, 0).subList(0, 257);
  static final JsonVocabulary VOCABULARY = Vocabularies.of(BYTES);

  private Texts() {}

  /** Reads JSON in which single quotes stand for double ones. */
  static JsonNode json(String text) {
    try {
      return Judge.JSON.readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static JsonFormat format(String schema) {
    return JsonFormat.schema(json(schema), VOCABULARY);
  }

  static boolean admits(JsonFormat format, String text) {
    return admits(format, text.getBytes(StandardCharsets.UTF_8));
  }

  static boolean admits(JsonFormat format, byte[] text) {
    TokenConstraint constraint = format.within(10_000).create();
    for (byte b : text) {
      int id = 1 + (b & 0xFF);
      if (!constraint.allowed().get(id)) {
        return false;
      }
      constraint.accept(id);
    }
    return constraint.allowed().get(Vocabularies.END);
  }

  static List<String> admitted(String schema, List<String> texts) {
    JsonFormat format = format(schema);
    List<String> admitted = new ArrayList<>(texts);
    admitted.removeIf(text -> !admits(format, text));
    return admitted;
  }
}
