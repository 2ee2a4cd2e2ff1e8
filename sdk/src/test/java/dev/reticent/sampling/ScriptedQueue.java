package dev.reticent.sampling;

import dev.reticent.text.Tokenizer;
import java.util.List;
import java.util.function.Function;

/** The real queue over a script in place of a model, for tests of other packages. */
public final class ScriptedQueue {
  private ScriptedQueue() {}

  /**
   * @param script logits [V] after the tokens of a row; runs on the queue's thread
   */
  public static GenerationQueue start(
      Tokenizer tokenizer,
      int vocabularySize,
      int rows,
      int contextTokens,
      Function<List<Integer>, float[]> script) {
    ScriptedSession session = new ScriptedSession(vocabularySize, contextTokens, rows, script);
    return new GenerationQueue(Generator.of(session, tokenizer), session::close);
  }
}
