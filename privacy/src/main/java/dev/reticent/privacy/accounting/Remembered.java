package dev.reticent.privacy.accounting;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Answers that were given last. A run asks for the same ε when it is planned, opened, followed and
 * stated, and each takes tenths of a second; an answer depends on nothing but its question.
 *
 * <p>Safe for use by many threads, two of which may compute the same answer at once.
 */
final class Remembered<Q, A> {
  private final Map<Q, A> answers;

  /**
   * @param most how many answers are kept, those of the latest questions
   */
  Remembered(int most) {
    this.answers =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Q, A> eldest) {
            return size() > most;
          }
        };
  }

  A answer(Q question, Function<Q, A> compute) {
    synchronized (answers) {
      A known = answers.get(question);
      if (known != null) {
        return known;
      }
    }
    A answer = compute.apply(question);
    synchronized (answers) {
      answers.put(question, answer);
    }
    return answer;
  }
}
