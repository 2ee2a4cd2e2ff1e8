package dev.reticent.sampling;

import dev.reticent.text.Tokenizer;
import java.util.List;
import java.util.function.Function;

/** The real engine over a script in place of a model, for tests of other packages. */
public final class ScriptedEngine {
  private ScriptedEngine() {}

  /**
   * @param script logits [V] after the tokens of a row; runs on the engine's thread
   */
  public static SamplingEngine start(
      Tokenizer tokenizer,
      int vocabularySize,
      int rows,
      int contextTokens,
      Function<List<Integer>, float[]> script) {
    ScriptedSession session = new ScriptedSession(vocabularySize, contextTokens, rows, script);
    return new SamplingEngine(Generator.of(session, tokenizer), session::close);
  }
}
