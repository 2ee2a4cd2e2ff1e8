package dev.reticent.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reticent.engine.Engine;
import dev.reticent.engine.Program;
import dev.reticent.engine.Tensor;
import dev.reticent.format.TensorSpec;
import dev.reticent.model.AdapterId;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import dev.reticent.model.Golden;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.Quantization;
import dev.reticent.weights.RandomSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Single tokens of small models are decoded in Java, to the same logits as by the engine. */
class HeapDecoderTest {

  private static final int TOKENS = 80;
  private static final int SEED = 7;
  private static final AdapterId ADAPTER = new AdapterId("a".repeat(64));

  /** Rows of the base model, of an adapter, and of both beside each other, over two blocks. */
  @ParameterizedTest
  @CsvSource({
    "mistral-tiny, NONE",
    "mistral-tiny, NF4",
    "mistral-window, NONE",
    "llama-biases, NONE",
    "llama-rope-llama3, INT8",
    "qwen2-tiny, NONE",
    "qwen3, NONE",
    "phi3, NONE",
    "phi3-longrope, NONE"
  })
  void logitsAreThoseOfTheEngine(String model, Quantization quantization) {
    try (Decoder decoder = decoder(model, quantization);
        AdapterTensors adapter = SomeAdapter.of(decoder, 3, SEED);
        CachedSession engine = session(decoder, adapter, false);
        CachedSession heap = session(decoder, adapter, true)) {
      assertThat(HeapDecoder.suits(decoder, SessionOptions.of(8, TOKENS))).isTrue();
      List<float[][]> wanted = run(engine, decoder);
      List<float[][]> found = run(heap, decoder);
      for (int step = 0; step < wanted.size(); step++) {
        for (int row = 0; row < wanted.get(step).length; row++) {
          for (int i = 0; i < wanted.get(step)[row].length; i++) {
            assertThat(found.get(step)[row][i])
                .as("step %d, row %d, logit %d", step, row, i)
                .isCloseTo(wanted.get(step)[row][i], within(1e-4f));
          }
        }
      }
    }
  }

  /** Six steps of three rows, of which one goes on by a prompt in between and one begins late. */
  private static List<float[][]> run(CachedSession session, Decoder decoder) {
    int[] prompt = ids(decoder, 62, 1);
    int[] rows = {
      session.open(AdapterId.NONE, prompt, TOKENS),
      session.open(ADAPTER, prompt, TOKENS),
      session.open(ADAPTER, ids(decoder, 5, 2), TOKENS)
    };
    session.extend(rows[0], prompt);
    session.extend(rows[1], prompt);
    session.extend(rows[2], ids(decoder, 5, 2));
    return IntStream.range(0, 6)
        .mapToObj(
            step -> {
              if (step == 3) {
                session.extend(rows[0], ids(decoder, 3, 3));
              }
              return session.step(rows, ids(decoder, 3, 10 + step));
            })
        .toList();
  }

  /** To the last bit: alone, beside a row with an adapter, and beside seven others. */
  @ParameterizedTest
  @ValueSource(strings = {"mistral-tiny", "qwen3"})
  void aRowKeepsItsBitsInAnyCompany(String model) {
    try (Decoder decoder = decoder(model, Quantization.NONE);
        AdapterTensors adapter = SomeAdapter.of(decoder, 2, SEED);
        CachedSession session = session(decoder, adapter, true)) {
      int[] prompt = ids(decoder, 9, 1);
      float[][] alone = new float[2][];
      for (int i = 0; i < 2; i++) {
        int row = session.open(i == 0 ? AdapterId.NONE : ADAPTER, prompt, TOKENS);
        session.extend(row, prompt);
        session.step(new int[] {row}, new int[] {4});
        alone[i] = session.step(new int[] {row}, new int[] {5})[0];
        session.release(row);
      }
      int[] rows = new int[8];
      for (int i = 0; i < rows.length; i++) {
        int[] own = i < 6 ? ids(decoder, 3 + i, i) : prompt;
        rows[i] = session.open(i % 2 == 0 ? AdapterId.NONE : ADAPTER, own, TOKENS);
        session.extend(rows[i], own);
      }
      session.step(rows, new int[] {1, 2, 3, 6, 7, 8, 4, 4});
      float[][] together = session.step(rows, new int[] {1, 2, 3, 6, 7, 8, 5, 5});
      assertThat(together[6]).containsExactly(alone[0]);
      assertThat(together[7]).containsExactly(alone[1]);
    }
  }

  /** To the last bit: computed whole, or behind a piece that an earlier prompt left. */
  @Test
  void aPromptsLastTokensKeepTheirBitsWhateverWasThereBefore() {
    try (Decoder decoder = decoder("mistral-tiny", Quantization.NONE);
        AdapterTensors adapter = SomeAdapter.of(decoder, 2, SEED);
        CachedSession session = session(decoder, adapter, true)) {
      int[] prompt = ids(decoder, SessionOptions.BLOCK_TOKENS + 9, 1);
      int first = session.open(ADAPTER, prompt, TOKENS);
      float[] whole = session.extend(first, prompt);
      int second = session.open(ADAPTER, prompt, TOKENS);
      int there = session.length(second);
      assertThat(there).isEqualTo(SessionOptions.BLOCK_TOKENS);
      int[] rest = Arrays.copyOfRange(prompt, there, prompt.length);
      assertThat(session.extend(second, rest)).containsExactly(whole);
    }
  }

  /** What a small model's token paid for was calling the engine. */
  @Test
  void aTokenAndAShortPromptCallTheEngineNotOnce() {
    try (Decoder decoder = decoder("mistral-tiny", Quantization.NONE);
        AdapterTensors adapter = SomeAdapter.of(decoder, 2, SEED);
        CachedSession session = session(decoder, adapter, true)) {
      int row = session.open(ADAPTER, new int[] {1, 5, 9}, TOKENS);
      long calls = Program.calls();
      long copies = Tensor.copiesToHost();
      session.extend(row, new int[] {1, 5, 9});
      for (int i = 0; i < 70; i++) {
        session.step(new int[] {row}, new int[] {7});
      }
      assertThat(Program.calls() - calls).isZero();
      assertThat(Tensor.copiesToHost() - copies).isZero();
    }
  }

  /**
   * A matrix that is large enough: each element is the sum of columns in their order, bit by bit.
   */
  @Test
  void threadsThatShareAMatrixChangeNoBit() {
    int in = 521;
    int out = 1030;
    Engine engine = Engine.started();
    int before = engine.threads();
    HeapMatrix matrix = HeapMatrix.of(RandomSource.values(TensorSpec.of("m", in, out)), in);
    float[][] x = new float[3][];
    float[][] wanted = new float[3][out];
    for (int r = 0; r < x.length; r++) {
      x[r] = RandomSource.values(TensorSpec.of("x" + r, 1, in));
      Columns.add(matrix.columns(), 0, in, x[r], 0, wanted[r], 0, out);
    }
    try {
      for (int threads : new int[] {1, 2, 3, 16}) {
        engine.threads(threads);
        float[][] found = {new float[out], wanted[0].clone(), new float[out]}; // what was there
        matrix.multiply(x, found);
        assertThat(found).isDeepEqualTo(wanted);
      }
    } finally {
      engine.threads(before);
    }
  }

  private static Decoder decoder(String model, Quantization quantization) {
    return Decoder.load(Golden.folder(model), DecoderOptions.standard().with(quantization));
  }

  private static CachedSession session(Decoder decoder, AdapterTensors adapter, boolean inHeap) {
    return new CachedSession(
        decoder,
        Map.of(ADAPTER, adapter),
        SessionOptions.of(8, TOKENS),
        AdapterRoom.NONE,
        new SessionWeights(decoder),
        inHeap ? TokenDecoder::suiting : TokenDecoder.NONE);
  }

  private static int[] ids(Decoder decoder, int count, int seed) {
    return new Random(seed).ints(count, 0, decoder.config().vocabSize()).toArray();
  }
}
