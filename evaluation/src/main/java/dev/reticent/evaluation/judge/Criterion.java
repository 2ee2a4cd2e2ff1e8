package dev.reticent.evaluation.judge;

import java.util.List;
import java.util.Locale;

/**
 * What an answer is graded on, beside the target answer, from 1 to {@value #BEST}.
 *
 * <p>The scales are those of MLflow's metrics of these names, version v1; the words are our own.
 */
public enum Criterion {
  /** Closeness of meaning, nothing else. */
  ANSWER_SIMILARITY(
      "how close the answer's meaning is to the target's. Only closeness of meaning counts.",
      List.of(
          "the answer and the target hardly share any meaning",
          "they overlap on some aspects",
          "they overlap moderately",
          "they agree in most aspects; the overlap is substantial",
          "they agree closely in all significant aspects")),
  /** Accuracy and closeness of meaning. */
  ANSWER_CORRECTNESS(
      "how right the answer is, taking the target as the truth: both the accuracy of what it says"
          + " and its closeness in meaning to the target.",
      List.of(
          "the answer is wrong: it differs from the target or contradicts it",
          "it overlaps with the target and is partly right, with significant discrepancies",
          "it gets a couple of aspects right, and leaves some out or has small errors",
          "it is mostly right; one or a few minor things are missing or wrong",
          "it is right: highly accurate, and close to the target in meaning"));

  /** The lowest grade. */
  public static final int LOWEST = 1;

  /** The best grade. */
  public static final int BEST = 5;

  private final String definition;
  private final String rubricLines;

  Criterion(String definition, List<String> rubric) {
    this.definition = definition;
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < rubric.size(); i++) {
      lines.append("- Score ").append(i + 1).append(": ").append(rubric.get(i)).append(".\n");
    }
    this.rubricLines = lines.toString();
  }

  /** The name in MLflow and in files, such as {@code answer_similarity}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The name in headings. */
  public String title() {
    return this == ANSWER_SIMILARITY ? "Answer similarity" : "Answer correctness";
  }

  String definition() {
    return definition;
  }

  /** A line for each grade. */
  String rubricLines() {
    return rubricLines;
  }
}
