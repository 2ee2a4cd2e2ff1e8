package dev.reticent.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.engine.Program;
import dev.reticent.engine.Tensor;
import dev.reticent.model.AdapterId;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import dev.reticent.model.HostKernels;
import dev.reticent.weights.ComputeType;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.Quantization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What decodes single tokens on a card, run on the host: the list of launches that a card gets, of
 * the kernels' own source compiled as C++, beside the script's step.
 */
class CardDecoderTest {

  private static final int TOKENS = 14;
  private static final int BLOCK = 4;
  private static final int WORDS = 40;
  private static final AdapterId ADAPTER = new AdapterId("a".repeat(64));
  private static final AdapterId OTHER = new AdapterId("b".repeat(64));

  @TempDir static Path folder;
  private static HostKernels.Device device;

  @BeforeAll
  static void compileForTheHost() throws IOException {
    HostKernels.install(folder);
    device = new HostKernels.Device(folder);
  }

  /** A model's session as a card has it, beside which another asks the script. */
  private record Pair(Decoder card, Decoder host, List<AutoCloseable> owned)
      implements AutoCloseable {

    static Pair of(String kind, Quantization quantization) throws IOException {
      ModelConfig config = config(kind);
      DecoderOptions options =
          DecoderOptions.standard().with(quantization).with(ComputeType.BFLOAT16);
      return new Pair(
          HostKernels.decoder(config, options, true),
          HostKernels.decoder(config, options, false),
          new ArrayList<>());
    }

    CachedSession session(boolean onCard, Map<AdapterId, Integer> ranks, AdapterRoom room) {
      Decoder decoder = onCard ? card : host;
      Map<AdapterId, AdapterTensors> adapters = new LinkedHashMap<>();
      ranks.forEach((id, rank) -> adapters.put(id, SomeAdapter.of(decoder, rank, rank)));
      owned.addAll(adapters.values());
      CachedSession session =
          new CachedSession(
              decoder,
              adapters,
              new SessionOptions(17, TOKENS, 17 * 4 * BLOCK, BLOCK, false),
              room,
              new SessionWeights(decoder, 0),
              (parts, script) ->
                  onCard ? CardDecoder.on(Optional.of(device), parts, script) : Optional.empty());
      owned.add(0, session);
      return session;
    }

    @Override
    public void close() throws IOException {
      for (AutoCloseable one : owned) {
        try {
          one.close();
        } catch (Exception e) {
          throw new IOException(e);
        }
      }
      card.close();
      host.close();
    }
  }

  /**
   * Rows of the base model and of two adapters, over block borders, one beside others and alone.
   */
  @ParameterizedTest
  @CsvSource({
    "mistral, NONE",
    "mistral, NF4",
    "llama, NONE",
    "llama, NF4",
    "qwen2, NF4",
    "qwen3, NONE",
  })
  void logitsAreThoseOfTheScript(String kind, Quantization quantization) throws IOException {
    try (Pair pair = Pair.of(kind, quantization)) {
      Map<AdapterId, Integer> adapters = new LinkedHashMap<>();
      adapters.put(ADAPTER, 3);
      adapters.put(OTHER, 8);
      List<float[][]> wanted = run(pair.session(false, adapters, AdapterRoom.NONE));
      device.launched();
      List<float[][]> found = run(pair.session(true, adapters, AdapterRoom.NONE));
      List<String> launched = device.launched();
      assertThat(launched).contains("lows_bf16");
      assertThat(Collections.frequency(launched, "logits_bf16"))
          .as("steps that were not left to the script")
          .isEqualTo(wanted.size());
      for (int step = 0; step < wanted.size(); step++) {
        for (int row = 0; row < wanted.get(step).length; row++) {
          near(found.get(step)[row], wanted.get(step)[row], step + ", row " + row);
        }
      }
    }
  }

  /** Four steps of three rows, then one of a lone row. */
  private static List<float[][]> run(CachedSession session) {
    int[] rows = {
      open(session, AdapterId.NONE, 3, 1), open(session, ADAPTER, 6, 2), open(session, OTHER, 1, 3)
    };
    List<float[][]> logits = new ArrayList<>();
    for (int step = 0; step < 3; step++) {
      logits.add(session.step(rows, ids(3, 10 + step)));
    }
    session.shorten(rows[1], 7);
    logits.add(session.step(new int[] {rows[1]}, new int[] {5}));
    // two tokens of a row at once
    logits.add(session.step(new int[] {rows[0], rows[2], rows[0]}, new int[] {7, 8, 9}));
    return logits;
  }

  private static int open(CachedSession session, AdapterId adapter, int length, int seed) {
    int[] prompt = ids(length, seed);
    int row = session.open(adapter, prompt, TOKENS);
    session.extend(row, prompt);
    return row;
  }

  private static void near(float[] found, float[] wanted, String where) {
    double size = 0;
    for (float value : wanted) {
      size = Math.max(size, Math.abs(value));
    }
    for (int i = 0; i < wanted.length; i++) {
      assertThat(found[i])
          .as("step %s, logit %d", where, i)
          .isCloseTo(wanted[i], within((float) (0.03 * size)));
    }
  }

  /** To the last bit: alone, and among seventeen rows of any adapter, which take two goes. */
  @ParameterizedTest
  @CsvSource({"NONE", "NF4"})
  void aRowKeepsItsBitsInAnyCompany(Quantization quantization) throws IOException {
    try (Pair pair = Pair.of("mistral", quantization)) {
      CachedSession session = pair.session(true, Map.of(ADAPTER, 3), AdapterRoom.NONE);
      float[][] alone = new float[2][];
      for (int i = 0; i < 2; i++) {
        int row = open(session, i == 0 ? AdapterId.NONE : ADAPTER, 5, 1);
        session.step(new int[] {row}, new int[] {4});
        alone[i] = session.step(new int[] {row}, new int[] {5})[0];
        session.release(row);
      }
      int[] rows = new int[17];
      int[] ids = new int[17];
      for (int i = 0; i < rows.length; i++) {
        boolean same = i == 3 || i == 12;
        AdapterId adapter = i % 2 == 1 ? AdapterId.NONE : ADAPTER;
        rows[i] = open(session, adapter, same ? 5 : 1 + i % 6, same ? 1 : 100 + i);
        ids[i] = 4;
      }
      session.step(rows, ids);
      ids[3]++;
      ids[12]++;
      device.launched();
      float[][] together = session.step(rows, ids);
      assertThat(Collections.frequency(device.launched(), "logits_bf16")).isEqualTo(2);
      assertThat(together[3]).containsExactly(alone[0]);
      assertThat(together[12]).containsExactly(alone[1]);
    }
  }

  /** An adapter that comes takes the place of the one that went, in the same lists of launches. */
  @Test
  void adaptersComeAndGo() throws IOException {
    try (Pair pair = Pair.of("mistral", Quantization.NF4)) {
      CachedSession card = pair.session(true, Map.of(), new AdapterRoom(1, 8));
      CachedSession host = pair.session(false, Map.of(), new AdapterRoom(1, 8));
      float[][] first = new float[2][];
      int which = 0;
      for (AdapterId id : List.of(ADAPTER, OTHER)) {
        int rank = which == 0 ? 8 : 2;
        card.loading(id, SomeAdapter.of(pair.card(), rank, rank)).run();
        host.loading(id, SomeAdapter.of(pair.host(), rank, rank)).run();
        int row = open(card, id, 3, 1);
        int beside = open(host, id, 3, 1);
        first[which] = card.step(new int[] {row}, new int[] {4})[0];
        assertThat(device.launched()).contains("lows_bf16");
        near(first[which], host.step(new int[] {beside}, new int[] {4})[0], "with " + rank);
        card.release(row);
        host.release(beside);
        card.unload(id);
        host.unload(id);
        which++;
      }
      assertThat(first[0]).isNotEqualTo(first[1]);
    }
  }

  /** What a card would launch, and that the engine is called not once. */
  @Test
  void aTokenIsTenKernelsALayerAndNoCallOfTheEngine() throws IOException {
    try (Pair pair = Pair.of("mistral", Quantization.NF4)) {
      CachedSession session = pair.session(true, Map.of(ADAPTER, 3), AdapterRoom.NONE);
      int row = open(session, AdapterId.NONE, 3, 1);
      session.step(new int[] {row}, new int[] {4});
      device.launched();
      long calls = Program.calls();
      long copies = Tensor.copiesToHost();
      session.step(new int[] {row}, new int[] {4});
      assertThat(Program.calls() - calls).isZero();
      assertThat(Tensor.copiesToHost() - copies).isZero();
      List<String> layer =
          List.of(
              "norm_bf16",
              "nf4_modules_bf16",
              "place_bf16",
              "attend_bf16",
              "nf4_modules_bf16",
              "norm_bf16",
              "nf4_gates_bf16",
              "nf4_modules_bf16");
      List<String> all = new ArrayList<>(List.of("embed_bf16"));
      Collections.nCopies(2, layer).forEach(all::addAll);
      all.addAll(List.of("norm_bf16", "logits_bf16"));
      assertThat(device.launched()).isEqualTo(all);
    }
  }

  private static int[] ids(int count, int seed) {
    return new Random(seed).ints(count, 0, WORDS).toArray();
  }

  /** Two layers of 64, each as its family has them. */
  private static ModelConfig config(String kind) throws IOException {
    String own =
        switch (kind) {
          case "mistral" -> "\"architectures\":[\"MistralForCausalLM\"],\"sliding_window\":6";
          case "llama" ->
              "\"architectures\":[\"LlamaForCausalLM\"],\"attention_bias\":true,\"mlp_bias\":true";
          case "qwen2" -> "\"architectures\":[\"Qwen2ForCausalLM\"]";
          default -> "\"architectures\":[\"Qwen3ForCausalLM\"],\"tie_word_embeddings\":true";
        };
    Path model = Files.createTempDirectory(folder, kind);
    Files.writeString(
        model.resolve("config.json"),
        """
        {"model_type":"%s",%s,"vocab_size":%d,"hidden_size":64,"intermediate_size":%d,
         "num_hidden_layers":2,"num_attention_heads":4,"num_key_value_heads":2,"head_dim":16,
         "max_position_embeddings":64,"rms_norm_eps":1e-5,"hidden_act":"silu","bos_token_id":1,
         "eos_token_id":2,"rope_theta":10000.0}
        """
            .formatted(kind, own, WORDS, kind.equals("mistral") ? 512 : 64));
    return ModelConfig.read(model);
  }
}
