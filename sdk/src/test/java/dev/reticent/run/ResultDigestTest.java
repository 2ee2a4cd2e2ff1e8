package dev.reticent.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.Config;
import dev.reticent.config.KeyReference;
import dev.reticent.config.UserInputException;
import dev.reticent.settings.FinetuneConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which keys of a config may change while a run rests, and which may not. */
class ResultDigestTest {

  private static final String BASE =
      """
      foundation_model_name: reticent-tiny
      lora: {}
      batch_size: 128
      """;

  private static final String REGISTRY = "privacy.registry=registry";
  private static final String TOTAL = "privacy.total_epsilon=20";
  private static final String NOISE = "privacy.noise_multiplier=1";
  private static final String ALL_TRAINED = "dataset.held_out_fraction=0";

  /** Another value for every key, behind the values of other keys that it needs. */
  private static final Map<String, List<String>> COUNTING =
      Map.ofEntries(
          other("foundation_model_name", "another", "dataset.train_file=rows.jsonl"),
          other("model_dir", "models/one", "dataset.train_file=rows.jsonl"),
          other("models_root", "models"),
          other("tokenization_dir", "tokens"),
          other("quantization.load_in_4bit", "true"),
          other("quantization.load_in_8bit", "true"),
          other("dtype", "bf16"),
          other("dataset.layout", "question_answer"),
          other("dataset.on_bad_row", "skip"),
          other("dataset.ignored_fields", "[notes]"),
          other("sample_type", "pretrain"),
          other("lora.lora_attn_modules", "[k_proj]"),
          other("lora.apply_lora_to_mlp", "true"),
          other("lora.apply_lora_to_output", "true"),
          other("lora.lora_rank", "8"),
          other("lora.lora_alpha", "8"),
          other("lora.lora_dropout", "0.1"),
          other("lora.use_dora", "true"),
          other("lora.freeze_a", "true"),
          other("dataset.data_dir", "data"),
          other("dataset.train_file", "train.jsonl"),
          other("dataset.eval_file", "eval.jsonl"),
          other("dataset.table", "main.qa.rows"),
          other("dataset.eval_table", "main.qa.held_out"),
          other("dataset.messages_field", "m"),
          other("dataset.question_field", "q"),
          other("dataset.answer_field", "a"),
          other("dataset.text_field", "t"),
          other("dataset.privacy_unit", "who"),
          other("dataset.rows_per_unit", "5"),
          other("dataset.held_out_fraction", "0.2"),
          other("dataset.evaluation", "public"),
          other("dataset.max_length", "512"),
          other("privacy.enabled", "false", "~privacy.target_epsilon", NOISE),
          other("privacy.target_epsilon", "3"),
          other("privacy.delta", "1e-6"),
          other("privacy.noise_multiplier", "2", "~privacy.target_epsilon", NOISE),
          other("privacy.noise.mechanism", "banded"),
          other("privacy.noise.bands", "2", "privacy.noise.mechanism=banded"),
          other("privacy.sampler", "truncated_poisson", ALL_TRAINED),
          other("privacy.largest_batch", "200", ALL_TRAINED, "privacy.sampler=truncated_poisson"),
          other("privacy.l2_norm_clip", "2"),
          other("privacy.clipping", "per_layer"),
          other("privacy.clip_quantile", "0.25", "privacy.clipping=adaptive"),
          other("privacy.clip_rate", "0.1", "privacy.clipping=adaptive"),
          other("privacy.loss_curve", "0.1"),
          other("privacy.loss_bound", "7"),
          other("privacy.adjacency", "replace-one"),
          other("privacy.accountant", "rdp"),
          other("privacy.rows_per_user", "2"),
          other("privacy.evaluation", "true"),
          other("privacy.selection.runs", "geometric", "privacy.selection.mean_runs=8"),
          other("privacy.selection.mean_runs", "4", "privacy.selection.runs=poisson"),
          other("privacy.size", "public", "sampling_rate=0.1"),
          other("privacy.public_units", "30000"),
          other("privacy.registry", "other", REGISTRY, TOTAL),
          other("privacy.total_epsilon", "30", REGISTRY, TOTAL),
          other("privacy.secure", "false"),
          other("batch_size", "64"),
          other("optimizer", "sgd"),
          other("learning_rate", "0.1"),
          other("weight_decay", "0.1"),
          other("betas", "[0.8, 0.99]"),
          other("adam_eps", "1e-6"),
          other("adam_noise_floor", "0.3"),
          other("momentum", "0.5"),
          other("lr_scheduler.name", "linear"),
          other("lr_scheduler.warmup_steps", "2"),
          other("lr_scheduler.warmup_ratio", "0.1"),
          other("epochs", "4"),
          other("max_steps", "5"),
          other("sampling_rate", "0.1"),
          other("keep_best", "true", "eval_every_n_grad_steps=2", "dataset.evaluation=public"),
          other("checkpoint_path", "adapter"),
          other("seed", "7"),
          other("log.diagnostics", "off"));

  private static final Map<String, List<String>> FREE =
      Map.ofEntries(
          other("saving_dir", "elsewhere"),
          other("resume", "never"),
          other("quantization.cache_dir", "cache"),
          other("log.tensorboard_dir", "logs"),
          other("save_every_n_grad_steps", "3"),
          other("save_every_minutes", "3"),
          other("keep_last_n_checkpoints", "7"),
          other("eval_every_n_grad_steps", "3"),
          other("physical_batch_size", "4"),
          other("gradient_accumulation_steps", "32", "physical_batch_size=4"),
          other("activation_checkpointing", "true"),
          other("devices", "[cpu, cpu]"),
          other("offload", "host"),
          other("zero_stage", "3"),
          other("distributed.ledger_store", "file:/tmp/ledger"),
          other("distributed.engine", "spark"),
          other("distributed.master", "local[2]"),
          other("distributed.tasks", "2"));

  /** A key that has a test of its own. */
  private static final Set<String> FIXED = Set.of("privacy.registry_policy");

  @TempDir Path folder;

  private static Map.Entry<String, List<String>> other(String key, String value, String... needed) {
    return Map.entry(
        key, Stream.concat(Arrays.stream(needed), Stream.of(key + "=" + value)).toList());
  }

  private static String digest(List<String> overrides) {
    Config config =
        Config.parse("c.yaml", BASE).with("privacy.target_epsilon", 8).withOverrides(overrides);
    return ResultDigest.of(config.resolved(FinetuneConfig::read), FinetuneConfig.of(config));
  }

  @Test
  void everyKeyEitherCountsOrIsKnownNotTo() {
    Set<String> leaves =
        Config.reference(FinetuneConfig::read).stream()
            .filter(key -> !key.type().equals("a mapping"))
            .map(KeyReference::path)
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> tested = new TreeSet<>(COUNTING.keySet());
    tested.addAll(FREE.keySet());
    tested.addAll(FIXED);
    assertThat(tested).isEqualTo(leaves);
  }

  @Test
  void whatDecidesTheResultCountsAndAllOfPrivacyDoes() {
    COUNTING.forEach(
        (key, overrides) ->
            assertThat(digest(overrides))
                .as(key)
                .isNotEqualTo(digest(overrides.subList(0, overrides.size() - 1))));
    assertThat(FREE.keySet()).noneMatch(key -> key.startsWith("privacy."));
  }

  @Test
  void placesCheckpointsAndHowABatchIsComputedDoNot() {
    FREE.forEach(
        (key, overrides) -> assertThat(digest(overrides)).as(key).isEqualTo(digest(List.of())));
  }

  /** A run that is refused as a fork can be counted instead, by this key. */
  @Test
  void whatIsDoneWithTheTotalOverRunsDoesNotCount() {
    assertThat(digest(List.of(REGISTRY, TOTAL, "privacy.registry_policy=warn")))
        .isEqualTo(digest(List.of(REGISTRY, TOTAL)));
  }

  @Test
  void theLogicalBatchCountsHoweverItIsGiven() {
    assertThat(digest(List.of("~batch_size"))).isEqualTo(digest(List.of())); // 8 x 16
    assertThat(digest(List.of("~batch_size", "physical_batch_size=4")))
        .isNotEqualTo(digest(List.of()));
  }

  @Test
  void whenEvaluationsChooseTheAdapterTheirPaceCounts() {
    List<String> best = List.of("keep_best=true", "dataset.evaluation=public");
    assertThat(digest(List.of(best.get(0), best.get(1), "eval_every_n_grad_steps=2")))
        .isNotEqualTo(digest(List.of(best.get(0), best.get(1), "eval_every_n_grad_steps=3")));
  }

  /** The whole run: what may change does, the result is that of the run which was left alone. */
  @Test
  void aRunGoesOnUnderOtherFreeKeysToTheSameResultAndUnderNoOthers() throws IOException {
    Config config = TinyRun.repeatable(folder, 60).with("max_steps", 4);
    TinyRun.run(config.with("saving_dir", folder.resolve("whole").toString()));
    TinyRun.runTo(config, 2);
    Path moved = Files.move(folder.resolve("run"), folder.resolve("moved"));
    Config elsewhere =
        config
            .with("saving_dir", moved.toString())
            .with("log.tensorboard_dir", folder.resolve("logs").toString())
            .with("save_every_n_grad_steps", 1)
            .with("keep_last_n_checkpoints", 1)
            .with("devices", List.of("cpu:1", "cpu:2"))
            .with("zero_stage", 3);
    for (Config changed :
        List.of(
            elsewhere.with("learning_rate", 0.1),
            elsewhere.with("l2_norm_clip", 2.0),
            elsewhere.with("noise_multiplier", 2),
            elsewhere.with("privacy.delta", 1e-3))) {
      assertThatThrownBy(() -> TinyRun.run(changed))
          .isInstanceOf(UserInputException.class)
          .hasMessageContaining("other settings")
          .hasMessageContaining(" then, ");
    }
    TinyRun.run(elsewhere);
    String adapter = "adapter_model.safetensors";
    assertThat(Files.readAllBytes(moved.resolve(adapter)))
        .isEqualTo(Files.readAllBytes(folder.resolve("whole").resolve(adapter)));
  }
}
