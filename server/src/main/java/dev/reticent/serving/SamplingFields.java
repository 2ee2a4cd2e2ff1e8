package dev.reticent.serving;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.sampling.SamplingParameters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** The fields that say how tokens are chosen and when an answer ends. */
final class SamplingFields {
  static final int MOST_STOPS = 4;
  private static final int MOST_STOP_IDS = 128;

  private final RequestFields fields;
  private final int vocabularySize;

  SamplingFields(RequestFields fields, int vocabularySize) {
    this.fields = fields;
    this.vocabularySize = vocabularySize;
  }

  SamplingParameters parameters() {
    double topP = fields.number("top_p", 1, 0, 1);
    if (topP == 0) {
      fields.wrong("top_p", "found 0, expected a number above 0; 1 is off.");
    }
    double repetition = fields.number("repetition_penalty", 1, 0, 100);
    if (repetition == 0) {
      fields.wrong("repetition_penalty", "found 0, expected a number above 0; 1 is off.");
    }
    return new SamplingParameters(
        fields.number("temperature", 1, 0, 100),
        Math.max(0, fields.whole("top_k", -1, Integer.MAX_VALUE).orElse(0)),
        topP == 0 ? 1 : topP,
        fields.number("min_p", 0, 0, 1),
        repetition == 0 ? 1 : repetition,
        fields.number("frequency_penalty", 0, -2, 2),
        fields.number("presence_penalty", 0, -2, 2),
        biases());
  }

  private Map<Integer, Float> biases() {
    Optional<JsonNode> given = fields.given("logit_bias");
    Map<Integer, Float> biases = new HashMap<>();
    if (given.isEmpty()) {
      return biases;
    }
    if (!given.get().isObject()) {
      fields.mistyped("logit_bias", given.get(), "an object from token ids to numbers");
      return biases;
    }
    for (var entry : given.get().properties()) {
      String id = entry.getKey();
      double bias = entry.getValue().isNumber() ? entry.getValue().doubleValue() : 1000;
      if (!id.matches("\\d{1,9}") || Integer.parseInt(id) >= vocabularySize) {
        fields.wrong(
            "logit_bias",
            "a key is not a token id, a whole number from 0 to %d.".formatted(vocabularySize - 1));
        return biases; // one entry that is wrong says it for all
      }
      if (Math.abs(bias) > 100) {
        fields.wrong("logit_bias", "the value of " + id + " is not from -100 to 100.");
        return biases;
      }
      biases.put(Integer.parseInt(id), (float) bias);
    }
    return biases;
  }

  /** Texts that end an answer. */
  List<String> stops() {
    Optional<JsonNode> given = fields.given("stop");
    List<String> stops = new ArrayList<>();
    if (given.isEmpty()) {
      return stops;
    }
    List<JsonNode> values = new ArrayList<>();
    if (given.get().isArray()) {
      given.get().forEach(values::add);
    } else {
      values.add(given.get());
    }
    for (JsonNode value : values) {
      if (!value.isTextual() || value.textValue().isEmpty() || !Texts.isWhole(value.textValue())) {
        fields.wrong("stop", "expected a text that is not empty, or a list of them.");
        return List.of();
      }
      stops.add(value.textValue());
    }
    if (stops.size() > MOST_STOPS) {
      fields.wrong(
          "stop", "found " + stops.size() + " texts, expected at most " + MOST_STOPS + ".");
      return List.of();
    }
    return stops;
  }

  /** Tokens that end an answer. */
  Set<Integer> stopIds() {
    Set<Integer> ids = new HashSet<>();
    Optional<JsonNode> given = fields.given("stop_token_ids");
    if (given.isPresent()) {
      boolean good = given.get().isArray() && given.get().size() <= MOST_STOP_IDS;
      for (JsonNode value : good ? given.get() : List.<JsonNode>of()) {
        OptionalInt id = RequestFields.whole(value, 0, vocabularySize - 1);
        good &= id.isPresent();
        id.ifPresent(ids::add);
      }
      if (!good) {
        fields.wrong(
            "stop_token_ids",
            "expected a list of at most %d token ids from 0 to %d."
                .formatted(MOST_STOP_IDS, vocabularySize - 1));
      }
    }
    return ids;
  }
}
