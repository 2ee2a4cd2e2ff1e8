package dev.reticent.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reticent.model.AdapterId;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import dev.reticent.model.Golden;
import dev.reticent.weights.DecoderOptions;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rows of models whose layers differ: some carry a state from token to token, or see keys of
 * earlier layers and are given an input of their own.
 */
@ParameterizedClass
@ValueSource(strings = {"qwen3_next", "gemma4-small"})
class DifferingLayersSessionTest {

  private final Decoder decoder;

  DifferingLayersSessionTest(String family) {
    decoder = Decoder.load(Golden.family(family), DecoderOptions.standard());
  }

  @AfterEach
  void close() {
    decoder.close();
  }

  private DecodingSession session(int rows) {
    // With a state nothing can be taken over, be it wanted or not.
    boolean reuse = decoder.config().recurrent();
    SessionOptions options = new SessionOptions(rows, 80, rows * 80, 16, reuse);
    return DecodingSession.on(decoder, Map.of(), options, new AdapterRoom(1, 4));
  }

  private int[] ids(int seed, int count) {
    return new Random(seed).ints(count, 3, decoder.config().vocabSize()).toArray();
  }

  private static int open(DecodingSession session, int[] prompt) {
    return session.open(AdapterId.NONE, prompt, 80);
  }

  @Test
  void promptsInPiecesAndSingleTokensGiveWhatTheWholeTextGives() {
    int[] ids = ids(1, 60);
    float[] whole;
    try (AdapterTensors none = AdapterTensors.none(decoder.config(), decoder.device())) {
      whole = decoder.logits(ids, none);
    }
    int v = decoder.config().vocabSize();
    try (DecodingSession session = session(1)) {
      int row = open(session, ids);
      session.extend(row, Arrays.copyOf(ids, 21));
      for (int i = 21; i < 24; i++) {
        session.step(new int[] {row}, new int[] {ids[i]});
      }
      session.extend(row, Arrays.copyOfRange(ids, 24, 59));
      float[] last = session.step(new int[] {row}, new int[] {ids[59]})[0];
      for (int i = 0; i < v; i++) {
        assertThat(last[i]).isCloseTo(whole[59 * v + i], within(2e-4f));
      }
    }
  }

  @Test
  void aRowIsTheSameToTheLastBitAloneAmongOthersAndAfterThem() {
    int[] ids = ids(2, 40);
    float[] alone;
    try (DecodingSession session = session(3)) {
      alone = answer(session, open(session, ids), ids, -1);
    }
    try (DecodingSession session = session(3)) {
      int first = open(session, ids(3, 17));
      session.extend(first, ids(3, 17));
      int row = open(session, ids);
      int last = open(session, ids(4, 9));
      session.extend(last, ids(4, 9));
      assertThat(answer(session, row, ids, last)).containsExactly(alone);
      session.release(first);
      // It takes over neither what the freed row left nor what its like computed.
      int again = open(session, ids);
      assertThat(again).isEqualTo(first);
      assertThat(session.length(again)).isZero();
      assertThat(answer(session, again, ids, -1)).containsExactly(alone);
    }
  }

  @Test
  void aGuessThatIsTakenBackChangesNoBitAndAStateThatWentOnCannotGoBack() {
    int[] ids = ids(2, 40);
    try (DecodingSession session = session(2)) {
      int plain = open(session, ids);
      session.extend(plain, ids);
      int row = open(session, ids);
      session.extend(row, ids);
      if (decoder.config().recurrent()) {
        assertThat(session.atOnce(row)).isOne();
        return;
      }
      assertThat(session.atOnce(row)).isGreaterThan(2);
      float[] first = session.step(new int[] {plain}, new int[] {5})[0];
      float[] second = session.step(new int[] {plain}, new int[] {9})[0];
      assertThat(session.step(new int[] {row, row}, new int[] {5, 41})[0]).containsExactly(first);
      session.shorten(row, ids.length + 1);
      assertThat(session.step(new int[] {row}, new int[] {9})[0]).containsExactly(second);
    }
  }

  /** The logits after a prompt and three more tokens, which another row may take beside it. */
  private static float[] answer(DecodingSession session, int row, int[] prompt, int other) {
    session.extend(row, prompt);
    float[] logits = {};
    for (int id : new int[] {5, 9, 41}) {
      int[] rows = other < 0 ? new int[] {row} : new int[] {other, row};
      int[] ids = other < 0 ? new int[] {id} : new int[] {id + 1, id};
      logits = session.step(rows, ids)[rows.length - 1];
    }
    return logits;
  }
}
