package dev.reticent.evaluation.report;

import dev.reticent.evaluation.judge.Spent;
import java.util.List;

/**
 * Which judge graded, and how it was asked.
 *
 * @param name in words, such as {@code gpt-4 at api.openai.com}
 * @param asked the model asked for
 * @param answered the models that the server said it used
 * @param fingerprints the system_fingerprints it gave
 * @param settings all that a reply depends on, in one line
 * @param metricVersion {@code v1} or {@code strict}, the second part of metrics' names
 * @param promptVersion a digest of the prompts' wording
 * @param isModel whether a language model graded at all
 */
public record JudgeFacts(
    String name,
    String asked,
    List<String> answered,
    List<String> fingerprints,
    String settings,
    String metricVersion,
    String promptVersion,
    int repeats,
    boolean isModel,
    Spent spent) {
  public JudgeFacts {
    answered = List.copyOf(answered);
    fingerprints = List.copyOf(fingerprints);
  }
}
