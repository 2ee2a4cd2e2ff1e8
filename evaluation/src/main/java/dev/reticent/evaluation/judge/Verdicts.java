package dev.reticent.evaluation.judge;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads verdicts from replies. */
final class Verdicts {
  private static final ObjectReader JSON =
      new ObjectMapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final ObjectReader FIRST_VALUE = new ObjectMapper().reader();
  private static final Pattern LINES =
      Pattern.compile("(?i)score:\\s*(\\d+),?\\s*justification:\\s*(.+)");
  private static final Map<String, Integer> WINNERS = Map.of("A", 1, "B", -1, "tie", 0);
  private static final int SHOWN = 200;

  /** 4, "4", 4.0: all but a grade between two. */
  private static final Pattern WHOLE = Pattern.compile("-?\\d{1,6}(\\.0*)?");

  private Verdicts() {}

  static Verdict read(Reply reply, JudgePrompt.Shape shape) {
    if (!reply.refusal().isEmpty()) {
      return Verdict.none(Outcome.REFUSED, reply.refusal());
    }
    if (reply.finish().equals("content_filter")) {
      return Verdict.none(Outcome.REFUSED, "a content filter stopped the judge");
    }
    boolean cut = reply.finish().equals("length");
    return switch (shape) {
      case TWO_LINES -> twoLines(reply.text(), cut);
      case GRADE -> cut ? truncated() : grade(reply.text());
      case PREFERENCE -> cut ? truncated() : preference(reply.text());
    };
  }

  private static Verdict truncated() {
    return Verdict.none(Outcome.TRUNCATED, "the reply was cut off: raise judge.max_tokens");
  }

  /**
   * As MLflow reads it: JSON, in which 4.5 counts as 4; else the first score with a justification
   * behind it, whose end may be cut off. Unlike MLflow's, a grade off the scale does not count.
   */
  private static Verdict twoLines(String text, boolean cut) {
    Optional<JsonNode> json = json(text);
    JsonNode score = json.map(node -> field(node, "score")).orElse(MissingNode.getInstance());
    if (score.isNumber() || score.asText("").matches("\\d+")) {
      String why = json.map(node -> field(node, "justification").asText()).orElse("");
      return inRange((int) score.asDouble(), why);
    }
    Matcher lines = LINES.matcher(text);
    if (lines.find()) {
      String digits = lines.group(1);
      return inRange(
          digits.length() > 6 ? Integer.MAX_VALUE : Integer.parseInt(digits),
          lines.group(2).strip());
    }
    return cut ? truncated() : unparseable(text);
  }

  private static JsonNode field(JsonNode node, String name) {
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (entry.getKey().equalsIgnoreCase(name)) {
        return entry.getValue();
      }
    }
    return node.path(name);
  }

  private static Verdict grade(String text) {
    JsonNode node = lastJson(text, "score");
    String score = node.path("score").asText();
    return WHOLE.matcher(score).matches()
        ? inRange((int) Double.parseDouble(score), node.path("justification").asText())
        : unparseable(text);
  }

  private static Verdict preference(String text) {
    JsonNode node = lastJson(text, "winner");
    Optional<Integer> winner = Optional.ofNullable(WINNERS.get(node.path("winner").asText()));
    return winner
        .map(w -> Verdict.scored(w, node.path("justification").asText()))
        .orElseGet(() -> unparseable(text));
  }

  private static Verdict inRange(int score, String justification) {
    return score >= Criterion.LOWEST && score <= Criterion.BEST
        ? Verdict.scored(score, justification)
        : Verdict.none(Outcome.OUT_OF_RANGE, "the grade is " + score + ": " + justification);
  }

  private static Verdict unparseable(String text) {
    String start = text.length() > SHOWN ? text.substring(0, SHOWN) + " …" : text;
    return Verdict.none(Outcome.UNPARSEABLE, "no verdict in the reply: " + start);
  }

  /**
   * The last JSON object of a reply. One with text behind it must be a whole verdict: a judge may
   * quote a score on its way to another, or to none.
   */
  private static JsonNode lastJson(String text, String verdict) {
    String bare = text.strip().replaceFirst("^```(?:json)?\\s*", "").replaceFirst("\\s*```$", "");
    JsonNode last = MissingNode.getInstance();
    int at = bare.indexOf('{');
    while (at >= 0) {
      int end = at + 1;
      try (JsonParser parser = JSON.createParser(bare.substring(at))) {
        JsonNode node = FIRST_VALUE.readTree(parser);
        end = at + (int) parser.currentLocation().getCharOffset();
        boolean whole = node.has(verdict) && node.has("justification");
        last = whole || end == bare.length() ? node : last;
      } catch (IOException e) {
        // No object begins here: the search goes on behind the brace.
      }
      at = bare.indexOf('{', end);
    }
    return last;
  }

  private static Optional<JsonNode> json(String text) {
    try {
      return Optional.ofNullable(JSON.readTree(text)).filter(JsonNode::isObject);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
