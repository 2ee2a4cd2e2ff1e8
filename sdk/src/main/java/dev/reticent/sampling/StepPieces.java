package dev.reticent.sampling;

import dev.reticent.decoding.DecodingSession;
import dev.reticent.model.DecoderProgram;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/**
 * The tokens that one step takes: of each answer the one that is certain, and what is ahead of its
 * turn as far as there is room.
 *
 * @param pieces of each answer, none empty
 */
record StepPieces(List<Answer> answers, List<int[]> pieces) {

  /**
   * How many tokens one step takes where some of them are ahead of their turn: prompts that are
   * scored, and text that a constraint leaves no choice in.
   */
  static final int MOST_AHEAD = 32;

  /** Guesses from the text alone are often wrong, so they only fill up what costs one step. */
  static final int MOST_LOOKED_UP = DecoderProgram.ROWS;

  /** The next pieces of answers; takes back first what their rows hold of wrong guesses. */
  static StepPieces of(DecodingSession session, List<Answer> answers) {
    List<int[]> pieces = new ArrayList<>();
    int others = answers.size();
    for (Answer answer : answers) {
      int row = answer.row();
      if (session.length(row) > answer.settled()) {
        session.shorten(row, answer.settled());
      }
      int most = Math.min(session.atOnce(row), Math.max(1, MOST_AHEAD - others + 1));
      int[] piece = answer.next(most, MOST_LOOKED_UP - others);
      others += piece.length - 1;
      pieces.add(piece);
    }
    return new StepPieces(answers, pieces);
  }

  /** The row of each token. */
  int[] rows() {
    return IntStream.range(0, answers.size())
        .flatMap(i -> Arrays.stream(pieces.get(i)).map(id -> answers.get(i).row()))
        .toArray();
  }

  int[] ids() {
    return pieces.stream().flatMapToInt(Arrays::stream).toArray();
  }

  /**
   * Hands each answer the logits after its tokens.
   *
   * @param logits [n][V], after each of the tokens
   */
  void handOut(float[][] logits, BiConsumer<Answer, List<float[]>> taker) {
    int from = 0;
    for (int i = 0; i < answers.size(); i++) {
      int to = from + pieces.get(i).length;
      taker.accept(answers.get(i), Arrays.asList(logits).subList(from, to));
      from = to;
    }
  }
}
