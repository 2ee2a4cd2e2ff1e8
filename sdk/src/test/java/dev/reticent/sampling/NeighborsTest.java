package dev.reticent.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.UserInputException;
import dev.reticent.decoding.DecodingSession;
import dev.reticent.decoding.SessionOptions;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.AdapterLayout;
import dev.reticent.lora.LoraSpec;
import dev.reticent.model.AdapterId;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import dev.reticent.model.Golden;
import dev.reticent.quickstart.QuickstartQuestions;
import dev.reticent.text.Tokenizer;
import dev.reticent.weights.ComputeType;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.Quantization;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An answer is a function of its request: ids and the bits of its log-probabilities are the same
 * alone and in any company, one token a step or with several guessed ahead.
 */
class NeighborsTest {
  private static final int ROWS = 16;
  private static final int CONTEXT = 160;
  private static final int VOCABULARY = 60;

  private record Adapters(List<AdapterId> ids, Map<AdapterId, AdapterTensors> tensors)
      implements AutoCloseable {

    /** Three adapters of different ranks and places, strong enough to change answers. */
    static Adapters of(Decoder decoder) {
      List<LoraSpec> specs =
          List.of(
              LoraSpec.of(
                  4,
                  8,
                  List.of(
                      decoder.config().architecture().fusedAttention() ? "qkv_proj" : "q_proj",
                      "down_proj")),
              LoraSpec.of(2, 4, List.of("o_proj", "lm_head")),
              LoraSpec.of(4, 4, List.of("down_proj", "o_proj")));
      List<AdapterId> ids = new ArrayList<>(List.of(AdapterId.NONE));
      Map<AdapterId, AdapterTensors> tensors = new LinkedHashMap<>();
      for (int i = 0; i < specs.size(); i++) {
        Adapter adapter = Adapter.initial(AdapterLayout.of(decoder.config(), specs.get(i)), i);
        SplittableRandom random = new SplittableRandom(100 + i);
        for (int j = 0; j < adapter.values().length; j++) {
          adapter.values()[j] += (float) random.nextDouble(-0.1, 0.1);
        }
        ids.add(adapter.id());
        tensors.put(adapter.id(), adapter.on(decoder));
      }
      return new Adapters(ids, tensors);
    }

    @Override
    public void close() {
      tensors.values().forEach(AdapterTensors::close);
    }
  }

  /** All that must not change: ids, and log-probabilities to the bit. */
  private record Said(List<Integer> ids, List<Long> bits) {
    static Said of(Generation generation) {
      assertThat(generation.error()).isEmpty();
      List<Integer> ids = new ArrayList<>();
      List<Long> bits = new ArrayList<>();
      for (GeneratedToken token : generation.tokens()) {
        ids.add(token.id());
        bits.add(Double.doubleToLongBits(token.logprob()));
        for (TokenLogprob top : token.top()) {
          ids.add(top.id());
          bits.add(Double.doubleToLongBits(top.logprob()));
        }
      }
      return new Said(ids, bits);
    }
  }

  private static final class Kept implements GenerationListener {
    private final List<Generation> done = new ArrayList<>();

    @Override
    public void finished(String rest, Generation generation) {
      done.add(generation);
    }
  }

  private static Path folder(String name) {
    try {
      return name.equals("embedded")
          ? Path.of(QuickstartQuestions.class.getResource("config.json").toURI()).getParent()
          : Golden.folder(name);
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static int[] prompt(long seed, int length) {
    return new SplittableRandom(seed).ints(length, 3, VOCABULARY).toArray();
  }

  private static GenerationRequest request(int[] prompt, AdapterId adapter, int index, int tokens) {
    return GenerationRequest.of(
            prompt,
            index % 3 == 0
                ? SamplingParameters.greedy()
                : SamplingParameters.sampled().withTopP(0.95),
            StopConditions.after(tokens).ignoringEndTokens())
        .withSeed(11, index)
        .withTopLogprobs(3)
        .withAdapter(adapter);
  }

  /** The same request, whose next tokens are guessed: mostly right, and now and then wrong. */
  private static GenerationRequest ahead(GenerationRequest request, Generation answer) {
    return request.withConstraints(List.of(() -> new Guessing(answer.ids(), 6, 5)));
  }

  /** The answer to one request beside others, of which some run already and some come later. */
  private static Generation inCompany(
      Generator generator, Adapters adapters, GenerationRequest request, int neighbors) {
    SplittableRandom random = new SplittableRandom(neighbors);
    Kept kept = new Kept();
    int before = random.nextInt(neighbors + 1);
    for (int i = 0; i < neighbors + 1; i++) {
      if (i == before) {
        generator.submit(request, kept);
      } else {
        generator.submit(
            request(
                prompt(random.nextLong(), 1 + random.nextInt(90)),
                adapters.ids().get(random.nextInt(adapters.ids().size())),
                i,
                1 + random.nextInt(40)),
            GenerationListener.NONE);
      }
      for (int step = random.nextInt(4); step > 0; step--) {
        generator.step();
      }
    }
    while (kept.done.isEmpty()) {
      generator.step();
    }
    generator.cancelAll();
    return kept.done.get(0);
  }

  @ParameterizedTest
  @CsvSource({
    "embedded, NONE, FLOAT32",
    "embedded, NF4, FLOAT32",
    "embedded, INT8, FLOAT32",
    "mistral-tiny, NONE, FLOAT32",
    "mistral-tiny, INT8, FLOAT32",
    "mistral-tiny, NF4, FLOAT32",
    "mistral-tiny, NONE, BFLOAT16",
    "mistral-window, NONE, FLOAT32",
    "qwen3, NF4, FLOAT32",
    "phi3-longrope, INT8, FLOAT32"
  })
  void changeNoBitOfAnAnswer(String name, Quantization quantization, ComputeType compute) {
    DecoderOptions options = DecoderOptions.standard().with(quantization).with(compute);
    try (Tokenizer tokenizer = Tokenizer.open(Golden.folder("mistral-tiny"));
        Decoder decoder = Decoder.load(folder(name), options);
        Adapters adapters = Adapters.of(decoder)) {
      SessionOptions apart = new SessionOptions(ROWS, CONTEXT, ROWS * CONTEXT, 16, false);
      SessionOptions sharing = new SessionOptions(ROWS, CONTEXT, ROWS * CONTEXT, 16, true);
      try (DecodingSession session = DecodingSession.on(decoder, adapters.tensors(), sharing)) {
        Generator generator = Generator.of(session, tokenizer);
        generator.lookUp(4);
        for (int target = 0; target < 4; target++) {
          // Prompts that begin alike, for one adapter after the other.
          int[] prompt = prompt(1, new int[] {37, 5, 70, 33}[target]);
          GenerationRequest request = request(prompt, adapters.ids().get(target), target, 30);
          Generation plain;
          try (DecodingSession own = DecodingSession.on(decoder, adapters.tensors(), apart)) {
            plain = Generator.of(own, tokenizer).generate(List.of(request)).get(0);
          }
          Said alone = Said.of(plain);
          // None, so that the prompt is in the cache; then every fourth number of neighbors.
          List<Integer> companies = new ArrayList<>(List.of(0));
          for (int n = target; n < ROWS; n += 4) {
            companies.add(n);
          }
          int cached = 0;
          for (int neighbors : companies) {
            Generation found = inCompany(generator, adapters, ahead(request, plain), neighbors);
            assertThat(Said.of(found)).as(neighbors + " neighbors").isEqualTo(alone);
            cached = Math.max(cached, found.cachedTokens());
          }
          // With longrope a row that grows beyond the boundary shares nothing.
          boolean shares = prompt.length > 16 && !name.equals("phi3-longrope");
          assertThat(cached).isEqualTo(shares ? (prompt.length - 1) / 16 * 16 : 0);
        }
        assertThat(session.blocks().used()).isZero();
      }
    }
  }

  @Test
  void anAdapterThatOverflowsHurtsNobodyBesideItOrAfterIt() {
    try (Tokenizer tokenizer = Tokenizer.open(Golden.folder("mistral-tiny"));
        Decoder decoder = Decoder.load(Golden.folder("mistral-tiny"), DecoderOptions.standard());
        AdapterTensors broken = adapter(decoder, 1e30f)) {
      AdapterId id = new AdapterId("f".repeat(64));
      SessionOptions small = new SessionOptions(4, CONTEXT, 2 * CONTEXT, 16, true);
      GenerationRequest request = request(prompt(1, 37), AdapterId.NONE, 1, 30);
      try (DecodingSession session = DecodingSession.on(decoder, Map.of(id, broken), small)) {
        Generator generator = Generator.of(session, tokenizer);
        Said alone = Said.of(generator.generate(List.of(request)).get(0));
        for (int round = 0; round < 6; round++) {
          List<Generation> found =
              generator.generate(List.of(request(prompt(90 + round, 100), id, 0, 30), request));
          assertThat(found.get(0).finishReason()).isEqualTo(FinishReason.ERROR);
          assertThat(found.get(0).error()).contains("NaN");
          assertThat(Said.of(found.get(1))).isEqualTo(alone);
        }
      }
    }
  }

  @Test
  void anAdapterThatIsNotFiniteIsRefused() {
    try (Decoder decoder = Decoder.load(Golden.folder("mistral-tiny"), DecoderOptions.standard());
        AdapterTensors broken = adapter(decoder, Float.NaN)) {
      Map<AdapterId, AdapterTensors> adapters = Map.of(new AdapterId("f".repeat(64)), broken);
      assertThatThrownBy(() -> DecodingSession.on(decoder, adapters, SessionOptions.of(1, 64)))
          .isInstanceOf(UserInputException.class)
          .hasMessageContaining("ffff")
          .hasMessageContaining("NaN");
    }
  }

  private static AdapterTensors adapter(Decoder decoder, float value) {
    AdapterLayout layout =
        AdapterLayout.of(decoder.config(), LoraSpec.of(2, 2, List.of("q_proj", "v_proj")));
    Adapter adapter = Adapter.initial(layout, 0);
    Arrays.fill(adapter.values(), value);
    return adapter.on(decoder);
  }
}
