package dev.reticent.evaluation.judge;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A judge's prompt as it is read back from what was sent. */
final class SentPrompt {
  private static final Pattern FENCED =
      Pattern.compile("<<<(\\w+) ([0-9a-f]{16})\n(.*?)\n>>>\\1 \\2", Pattern.DOTALL);
  private static final Pattern PLAIN =
      Pattern.compile(
          "\nInput:\n(.*)\n\nOutput:\n(.*)\n\nAdditional information:\nkey: targets\nvalue:\n(.*)"
              + "\n\nWhat the metric means:",
          Pattern.DOTALL);

  private SentPrompt() {}

  /** The texts of a prompt by name, as they were put in. */
  static Map<String, String> texts(String user) {
    Map<String, String> texts = new HashMap<>();
    Matcher fenced = FENCED.matcher(user);
    while (fenced.find()) {
      texts.put(fenced.group(1), fenced.group(3));
    }
    Matcher plain = PLAIN.matcher(user);
    if (texts.isEmpty() && plain.find()) {
      texts.put("QUESTION", plain.group(1));
      texts.put("ANSWER", plain.group(2));
      texts.put("TARGET", plain.group(3));
    }
    return texts;
  }

  /** The prompt of a request to the chat API. */
  static JudgePrompt of(JsonNode request) {
    JsonNode messages = request.path("messages");
    String user = messages.path(messages.size() - 1).path("content").asText();
    Map<String, String> texts = texts(user);
    String target = texts.getOrDefault("TARGET", "");
    if (texts.containsKey("ANSWER_A")) {
      return new JudgePrompt(
          "",
          user,
          JudgePrompt.Shape.PREFERENCE,
          new JudgePrompt.Compared(texts.get("ANSWER_A"), texts.get("ANSWER_B"), target));
    }
    Criterion criterion =
        messages.toString().contains(Criterion.ANSWER_CORRECTNESS.key())
            ? Criterion.ANSWER_CORRECTNESS
            : Criterion.ANSWER_SIMILARITY;
    return new JudgePrompt(
        "",
        user,
        messages.size() == 1 ? JudgePrompt.Shape.TWO_LINES : JudgePrompt.Shape.GRADE,
        new JudgePrompt.Graded(criterion, texts.getOrDefault("ANSWER", ""), target));
  }
}
