package dev.reticent.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.config.Config;
import dev.reticent.model.Golden;
import dev.reticent.privacy.SubsampledGaussian;
import dev.reticent.privacy.UnprotectedMean;
import dev.reticent.recipe.RandomModel;
import dev.reticent.run.LoadedModel;
import dev.reticent.run.Progress;
import dev.reticent.run.TinyRun;
import dev.reticent.settings.FinetuneConfig;
import dev.reticent.training.GradientSource;
import dev.reticent.training.TrainableAdapter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelfTestTest {

  private static final Progress UNTOLD = (what, done, total) -> {};

  @TempDir Path folder;

  private Config config() throws IOException {
    return TinyRun.config(folder, 20)
        .with("l2_norm_clip", 0.01)
        .with("batch_size", 8)
        .with("dataset.max_length", 64)
        .with("physical_batch_size", 4);
  }

  /** Noise that is correlated over steps; C times it has its size. */
  @Test
  void realStepWithBandedNoisePasses() throws IOException {
    List<Integer> left = new ArrayList<>();
    SelfTestReport report =
        SelfTest.of(
                config().with("privacy.noise.mechanism", "banded").with("privacy.noise.bands", 2))
            .run(
                8,
                (what, done, total) -> {
                  if (what.equals("taking steps")) {
                    left.add(total - done);
                  }
                });
    assertThat(report.passed()).as(report.toText()).isTrue();
    assertThat(left).as("told after each check").hasSize(report.checks().size()).endsWith(1, 0);
  }

  /** A unit in another's place, in a batch that was cut; at first by a step that forgets to cut. */
  @Test
  void realStepWithALimitPassesAndOneWithoutIsCaught() throws IOException {
    Config config =
        config()
            .with("privacy.sampler", "truncated_poisson")
            .with("dataset.held_out_fraction", 0)
            .with("dataset.max_length", 24)
            .with("batch_size", 4);
    FinetuneConfig read = FinetuneConfig.of(config);
    AtomicReference<TrainableAdapter> fresh = new AtomicReference<>();
    try (LoadedModel model = LoadedModel.open(read.model());
        RealSteps real = new RealSteps(read)) {
      NeighborSteps.Steps forgetting =
          s -> {
            fresh.compareAndSet(null, s.at());
            return real.take(s.at() == fresh.get() ? with(s, 1) : s);
          };
      SelfTestReport report = SelfTest.of(config).run(4, model, forgetting, UNTOLD);
      String name = "x in place of a unit of a batch at its limit";
      assertThat(report.checks())
          .filteredOn(check -> !check.passed())
          .extracting(SelfTestReport.Check::name)
          .containsExactly(name + ", fresh adapter");
      assertThat(report.checks())
          .filteredOn(check -> check.name().equals(name + ", moved adapter"))
          .singleElement()
          .satisfies(check -> assertThat(check.value()).as("moves").isBetween(0.5, 2.0));
    }
  }

  /** By layer the bound is reached only where every layer's gradient is longer than its share. */
  @ParameterizedTest
  @CsvSource({"flat, 0.95", "per_layer, 0.85", "automatic, 0.95", "adaptive, 0.95"})
  void realStepPasses(String clipping, double reached) throws IOException {
    SelfTestReport report =
        SelfTest.of(config().with("privacy.clipping", clipping).with("privacy.loss_curve", 0.2))
            .run(8);
    assertThat(report.checks()).hasSize(20);
    assertThat(report.passed()).as(report.toText()).isTrue();
    double most = report.checks().stream().mapToDouble(SelfTestReport.Check::value).max().orElse(0);
    assertThat(most).as("the bound is reached, so it is tested").isGreaterThan(reached);
  }

  /** Some layers with experts, of which each row's tokens choose their own; all are adapted. */
  @Test
  void realStepWithAdaptersOfExpertsPasses() throws IOException {
    Path model = folder.resolve("experts");
    String shape =
        """
        {"model_type": "qwen3_moe", "vocab_size": 384, "hidden_size": 32, "intermediate_size": 40,
         "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
         "num_experts": 3, "num_experts_per_tok": 2, "moe_intermediate_size": 12, "head_dim": 8,
         "mlp_only_layers": [0], "bos_token_id": 1, "eos_token_id": 2}
        """;
    RandomModel.write(model, shape, Golden.folder("mistral-tiny"));
    Config config =
        config()
            .with("foundation_model_name", model.toString())
            .with("lora.apply_lora_to_mlp", true)
            .with("dataset.max_length", 24)
            .with("batch_size", 4);
    SelfTestReport report = SelfTest.of(config).run(4);
    assertThat(report.passed()).as(report.toText()).isTrue();
    double most = report.checks().stream().mapToDouble(SelfTestReport.Check::value).max().orElse(0);
    assertThat(most).as("the bound is reached, so it is tested").isGreaterThan(0.95);
  }

  /** Steps that look private: each is the real one, changed. */
  private Map<String, UnaryOperator<NeighborSteps.Steps>> broken() {
    return Map.of(
        "clips three times too high", real -> s -> scaled(real.take(s), 3),
        "divides by the actual batch",
            real ->
                s -> {
                  NeighborSteps.Outcome o = real.take(s);
                  return scaled(o, 8.0 / Math.max(1, o.step().statistics().examples()));
                },
        "adds the noise twice", real -> s -> real.take(with(s, Math.sqrt(2))),
        "divides the noise by the batch", real -> s -> real.take(with(s, 1 / 8.0)),
        "leaves an empty batch without noise",
            real -> s -> real.take(s.plan().samplingRate() < 1e-6 ? with(s, 0x1p-30) : s),
        "leaves out what is long", real -> s -> real.take(shortOnly(s)));
  }

  private static NeighborSteps.Outcome scaled(NeighborSteps.Outcome o, double factor) {
    float[] values = o.step().gradient().values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] *= (float) factor;
    }
    GradientSource.Step step =
        new GradientSource.Step(
            UnprotectedMean.of(values),
            o.step().epsilonSpent(),
            o.step().statistics(),
            o.step().curve());
    return new NeighborSteps.Outcome(step, o.threshold(), o.charged());
  }

  private static NeighborSteps.Setting with(NeighborSteps.Setting s, double noise) {
    SubsampledGaussian plan = s.plan();
    return new NeighborSteps.Setting(
        s.units(),
        new SubsampledGaussian(
            plan.samplingRate(), plan.noiseMultiplier() * noise, plan.steps(), plan.bands()),
        s.step(),
        s.at());
  }

  private static NeighborSteps.Setting shortOnly(NeighborSteps.Setting s) {
    var few = s.units().stream().filter(unit -> unit.get(0).ids().length < 50).toList();
    return few.isEmpty() ? s : new NeighborSteps.Setting(few, s.plan(), s.step(), s.at());
  }

  @Test
  void brokenStepsAreCaught() throws IOException {
    Config config = config();
    FinetuneConfig read = FinetuneConfig.of(config);
    try (LoadedModel model = LoadedModel.open(read.model());
        RealSteps real = new RealSteps(read)) {
      assertThat(SelfTest.of(config).run(8, model, real, UNTOLD).passed()).isTrue();
      for (var bug : broken().entrySet()) {
        SelfTestReport report =
            SelfTest.of(config).run(8, model, bug.getValue().apply(real), UNTOLD);
        assertThat(report.passed()).as(bug.getKey() + "\n" + report.toText()).isFalse();
        assertThat(report.toText()).contains("does NOT hold");
      }
    }
  }
}
