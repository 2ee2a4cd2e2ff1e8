package dev.reticent.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.settings.FinetuneConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code plan} says of memory, and the advice it gives. */
class RunCostTest {

  /** Shapes of models; no weights are read. */
  private static final String SHAPE =
      """
      {"model_type": "mistral", "architectures": ["MistralForCausalLM"], "hidden_size": %d,
       "intermediate_size": %d, "num_hidden_layers": %d, "num_attention_heads": %d,
       "num_key_value_heads": %d, "vocab_size": %d, "max_position_embeddings": 32768,
       "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "hidden_act": "silu", "sliding_window": null,
       "tie_word_embeddings": false, "torch_dtype": "bfloat16"}
      """;

  private static final List<List<String>> DEVICES =
      List.of(List.of("cpu"), List.of("cuda"), List.of("cpu", "cpu"), List.of("cuda:0", "cuda:1"));

  @TempDir Path folder;

  private Config config(Random random) throws IOException {
    int heads = 4 << random.nextInt(4);
    int hidden = 64 * heads;
    Path model = Files.createDirectories(folder.resolve("model"));
    Files.writeString(
        model.resolve("config.json"),
        SHAPE.formatted(
            hidden,
            hidden * 3,
            1 + random.nextInt(40),
            heads,
            heads / (1 + random.nextInt(2)),
            1000 << random.nextInt(6)));
    Config config =
        Config.empty()
            .with("foundation_model_name", model.toString())
            .with("dataset.train_file", "none.jsonl")
            .with("noise_multiplier", 1)
            .with("dataset.max_length", 64 << random.nextInt(6))
            .with("physical_batch_size", 1 + random.nextInt(40))
            .with("devices", DEVICES.get(random.nextInt(DEVICES.size())));
    if (random.nextInt(3) > 0) {
      config = config.with("lora.lora_rank", 4 << random.nextInt(4));
    }
    return random.nextBoolean() ? config.with("gradient_accumulation_steps", 12) : config;
  }

  static IntStream seeds() {
    return IntStream.range(0, 40);
  }

  /** Every combination of what the advice may change, the slow and plain way. */
  private static long least(Config config) {
    List<Config> all = new ArrayList<>(List.of(config));
    FinetuneConfig read = FinetuneConfig.of(config);
    all.addAll(with(all, "activation_checkpointing=true"));
    all.addAll(with(all, "quantization.load_in_4bit=true"));
    all.addAll(with(all, "dtype=bf16"));
    all.addAll(with(all, "offload=host"));
    List<Config> smaller = new ArrayList<>();
    for (int rows = read.batch().physical() / 2; rows > 0; rows /= 2) {
      int accumulation = read.batch().expected() / rows;
      if (accumulation * rows == read.batch().expected()) {
        smaller.addAll(
            with(
                all, "physical_batch_size=" + rows, "gradient_accumulation_steps=" + accumulation));
      }
    }
    all.addAll(smaller);
    List<Config> shorter = new ArrayList<>();
    for (int tokens = read.dataset().maxTokens() / 2; tokens >= 128; tokens /= 2) {
      shorter.addAll(with(all, "dataset.max_length=" + tokens));
    }
    all.addAll(shorter);
    return all.stream().mapToLong(RunCostTest::needed).min().orElseThrow();
  }

  private static List<Config> with(List<Config> configs, String... overrides) {
    return configs.stream().map(c -> c.withOverrides(List.of(overrides))).toList();
  }

  private static long needed(Config config) {
    try {
      return RunCost.of(config).needed();
    } catch (UserInputException e) {
      return Long.MAX_VALUE; // such as four bits with lora: null
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void takingTheAdviceMakesTheRunFitWheneverAnythingDoes(int seed) throws IOException {
    Random random = new Random(seed);
    Config config = config(random);
    RunCost cost = RunCost.of(config);
    long least = least(config);
    assertThat(least).isLessThanOrEqualTo(cost.needed());
    assertThat(cost.changesToFit(least - 1)).as("less than the least").isEmpty();
    int expected = FinetuneConfig.of(config).batch().expected();
    for (double share : new double[] {0, 0.1, 0.3, 0.6, 0.9, 0.999}) {
      long room = least + (long) (share * (cost.needed() - least));
      List<String> advice = cost.changesToFit(room);
      if (room < cost.needed()) {
        Config taken = config.withOverrides(advice);
        assertThat(RunCost.of(taken).needed())
            .as("%s in %d", advice, room)
            .isLessThanOrEqualTo(room);
        assertThat(FinetuneConfig.of(taken).batch().expected()).as("batch").isEqualTo(expected);
        assertThat(withoutOne(config, advice)).as("%s", advice).allMatch(bytes -> bytes > room);
      }
    }
  }

  /** What is needed when any one of the changed keys is left as it was. */
  private static List<Long> withoutOne(Config config, List<String> advice) {
    List<Long> needed = new ArrayList<>();
    for (String left : advice) {
      List<String> rest =
          advice.stream()
              .filter(word -> !word.equals(left) && !word.startsWith("gradient_accumulation"))
              .toList();
      if (!left.startsWith("gradient_accumulation")
          && !left.startsWith("physical_batch_size")
          && advice.stream().noneMatch(word -> word.startsWith("physical_batch_size"))) {
        needed.add(needed(config.withOverrides(rest)));
      }
    }
    return needed;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theLogicalBatchPlaysNoPart(int seed) throws IOException {
    Config config = config(new Random(seed)).withOverride("gradient_accumulation_steps=1");
    long small = RunCost.of(config).needed();
    assertThat(RunCost.of(config.withOverride("gradient_accumulation_steps=5000")).needed())
        .isEqualTo(small);
  }
}
