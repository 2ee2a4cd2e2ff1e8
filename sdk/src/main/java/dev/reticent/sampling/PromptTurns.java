package dev.reticent.sampling;

import dev.reticent.decoding.DecodingSession;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Prompts on their way through the model, a piece of each in turn: one that goes on with a long
 * prompt has its next turn behind the others.
 */
final class PromptTurns {

  /** How many tokens of prompts one step takes, so that long prompts hold up the others little. */
  static final int TOKENS = 512;

  private final DecodingSession session;
  private final Counts counts;
  private final Deque<Answer> prompts = new ArrayDeque<>();

  PromptTurns(DecodingSession session, Counts counts) {
    this.session = session;
    this.counts = counts;
  }

  /** Takes in an answer that has its row, at the end. */
  void add(Answer answer) {
    prompts.add(answer);
  }

  void clear() {
    prompts.clear();
  }

  /**
   * Gives prompts their next pieces, as many tokens together as a step takes.
   *
   * @param accept takes the logits at the end of a prompt
   */
  void serve(BiConsumer<Answer, List<float[]>> accept) {
    int left = Math.max(TOKENS, session.blockTokens());
    List<Answer> first = List.copyOf(prompts);
    prompts.clear();
    List<Answer> served = new ArrayList<>();
    for (Answer answer : first) {
      int[] piece =
          answer.finished() ? new int[0] : answer.promptPiece(left, session.blockTokens());
      if (piece.length > 0) {
        left -= piece.length;
        float[] logits = counts.pieces().time(() -> session.extend(answer.row(), piece));
        if (!answer.prefilling()) {
          accept.accept(answer, List.of(logits));
        }
      }
      if (!answer.finished() && answer.prefilling()) {
        (piece.length > 0 ? served : prompts).add(answer);
      }
    }
    prompts.addAll(served);
  }
}
