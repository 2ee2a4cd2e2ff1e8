package dev.reticent.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.recipe.DPFinetuningRecipe;
import dev.reticent.settings.FinetuneConfig;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How much of a step is noise, and which setting would help. */
class AdviceTest {
  private static final Config CONFIG =
      Config.empty()
          .with("foundation_model_name", "reticent-tiny")
          .with("lora.lora_rank", 16)
          .with("privacy.target_epsilon", 3)
          .with("privacy.delta", 1e-5)
          .with("l2_norm_clip", 1);

  private static FinetunePlan plan(int rows, String... overrides) {
    return DPFinetuningRecipe.of(CONFIG.withOverrides(List.of(overrides))).plan(rows);
  }

  /** σ√d/B and the same over √T, by hand. */
  @Test
  void theRatiosAreThoseOfTheNoiseThatIsAdded() {
    FinetunePlan plan = plan(20_000, "batch_size=512", "epochs=2");
    double step = plan.noiseMultiplier() * Math.sqrt((double) plan.trainable()) / 512;
    assertThat(plan.advice().ofAStep()).isCloseTo(step, within(1e-9));
    assertThat(plan.advice().ofTheRun()).isCloseTo(step / Math.sqrt(plan.steps()), within(1e-9));
  }

  @Test
  void manyRowsCarryABudgetThatThirtyRowsDoNot() {
    FinetunePlan many = plan(20_000, "batch_size=512", "epochs=2");
    FinetunePlan few = plan(30, "batch_size=8");
    assertThat(many.toText()).contains("the data carries the budget");
    assertThat(few.toText())
        .contains("Warning: noise ")
        .contains("expect nothing: the noise drowns what the rows say")
        .contains("twice the rows");
    assertThat(few.advice().levers())
        .isSortedAccordingTo(Comparator.comparingDouble(Advice.Lever::times))
        .allSatisfy(lever -> assertThat(lever.times()).isLessThan(0.97));
  }

  /** A lever says what the plan with that setting says. */
  @Test
  void aLeverPromisesWhatItsPlanKeeps() {
    FinetunePlan plan = plan(2_000, "batch_size=64", "epochs=3");
    FinetunePlan twice = plan(4_000, "batch_size=64", "max_steps=" + plan.steps());
    double promised =
        plan.advice().levers().stream()
            .filter(lever -> lever.change().equals("twice the rows"))
            .findFirst()
            .orElseThrow()
            .times();
    assertThat(twice.advice().ofTheRun() / plan.advice().ofTheRun())
        .isCloseTo(promised, within(0.03));
  }

  @Test
  void aSuggestionSeesAsManyRowsWithLessNoise() {
    FinetunePlan plan = plan(5_000, "batch_size=16", "epochs=4");
    Advice.Schedule schedule = plan.suggestion();
    assertThat((double) schedule.batch() * schedule.steps())
        .isCloseTo(16.0 * plan.steps(), within(0.05 * 16 * plan.steps()));
    FinetunePlan better =
        plan(5_000, "batch_size=" + schedule.batch(), "max_steps=" + schedule.steps());
    assertThat(better.epsilon()).isLessThanOrEqualTo(3);
    assertThat(better.advice().ofTheRun()).isLessThan(0.8 * plan.advice().ofTheRun());
    assertThat(better.advice().ofTheRun()).isCloseTo(schedule.ofTheRun(), within(0.1));
  }

  @Test
  void moreEpsilonNeverMeansMoreNoiseInTheSuggestion() {
    for (int rows : List.of(300, 5_000, 100_000)) {
      double last = Double.POSITIVE_INFINITY;
      for (double epsilon : new double[] {0.5, 1, 2, 4, 8}) {
        FinetunePlan plan = plan(rows, "batch_size=32", "privacy.target_epsilon=" + epsilon);
        double noise = plan.suggestion().ofTheRun();
        // The smallest batch within a twentieth of the best is taken.
        assertThat(noise).as("%d rows, ε = %s", rows, epsilon).isLessThanOrEqualTo(1.05 * last);
        last = noise;
      }
    }
  }

  /** However the config says its batch, and before any row is read. */
  @Test
  void theSuggestedYamlParsesAndStaysWithinTheBudget() {
    for (String batch :
        List.of(
            "batch_size=16",
            "gradient_accumulation_steps=4",
            "deepspeed.gradient_accumulation_steps=4")) {
      Config config =
          CONFIG.withOverrides(List.of(batch, "epochs=4", "dataset.train_file=no/such.jsonl"));
      FinetunePlan plan = DPFinetuningRecipe.of(config).plan(5_000);
      String yaml = Suggestion.of(config, plan).toYaml();
      FinetunePlan suggested = DPFinetuningRecipe.of(Config.parse("yaml", yaml)).plan(5_000);
      assertThat(suggested.epsilon()).as(yaml).isLessThanOrEqualTo(3);
      assertThat(suggested.expectedBatchSize()).isEqualTo(plan.suggestion().batch());
      assertThat(suggested.steps()).isEqualTo(plan.suggestion().steps());
      assertThat(suggested.clipNorm()).isEqualTo(0.1);
      assertThat(yaml).contains("# Clip norm 0.1, before 1.0: ");
      assertThat(suggested.advice().ofTheRun())
          .isLessThanOrEqualTo(1.05 * plan.advice().ofTheRun());
    }
  }

  /** What was suggested once is not changed again, and the words claim no gain. */
  @Test
  void aSuggestionForItselfChangesNothingAndSaysSo() {
    Config once = suggestion(CONFIG.with("batch_size", 16).with("epochs", 4), 5_000).config();
    Suggestion twice = suggestion(once, 5_000);
    assertThat(twice.changesNothing()).as(twice.words().toString()).isTrue();
    assertThat(twice.words().toString())
        .contains("Nothing to change for ε = 3.0 and 5,000 privacy units: ")
        .contains("Clip norm 0.1, as it was")
        .doesNotContain("before");
    Suggestion clipped = suggestion(once.with("l2_norm_clip", 1), 5_000);
    assertThat(clipped.changesNothing()).isFalse();
    assertThat(clipped.words().toString())
        .contains("Batch and steps stay", "Clip norm 0.1, before");
    assertThat(clipped.config().toYaml()).isEqualTo(once.toYaml());
  }

  /** Eight steps have less noise than twenty, and still the latter are suggested. */
  @Test
  void tooFewStepsAreNotKeptForTheirLittleNoise() {
    Suggestion more = suggestion(CONFIG.with("batch_size", 500).with("max_steps", 8), 5_000);
    assertThat(more.schedule().steps()).isGreaterThanOrEqualTo(20);
    assertThat(more.words().toString()).contains("; fewer than 20 steps hardly move");
  }

  /** Of thirty rows seen there is no batch of eight rows with twenty steps. */
  @Test
  void whereNothingCanBeTriedTheScheduleStaysWithItsOwnNoise() {
    Suggestion none = suggestion(CONFIG.with("batch_size", 8).with("max_steps", 3), 30);
    assertThat(none.words().toString()).contains("3 steps of 8 rows").doesNotContain("NaN");
  }

  private static Suggestion suggestion(Config config, int rows) {
    return Suggestion.of(config, DPFinetuningRecipe.of(config).plan(rows));
  }

  /** At which norm AdamW's steps are most signal; what depends on C in another way keeps it. */
  @Test
  void theSuggestedClipNormIsSmallWhereTheOptimizerScalesAndElseAsGiven() {
    assertThat(suggestedNorm()).isEqualTo(0.1);
    assertThat(suggestedNorm("privacy.clipping=per_layer")).isEqualTo(0.1);
    assertThat(suggestedNorm("l2_norm_clip=0.02")).isEqualTo(0.02);
    assertThat(suggestedNorm("~l2_norm_clip", "privacy.l2_norm_clip=3")).isEqualTo(0.1);
    assertThat(suggestedNorm("~l2_norm_clip")).isEqualTo(0.01);
    assertThat(suggestedNorm("optimizer=sgd")).isEqualTo(1);
    assertThat(suggestedNorm("privacy.clipping=adaptive")).isEqualTo(1);
    assertThat(suggestedNorm("privacy.clipping=automatic")).isEqualTo(1);
  }

  private static double suggestedNorm(String... overrides) {
    return ClipNorm.of(FinetuneConfig.of(CONFIG.withOverrides(List.of(overrides)))).norm();
  }

  @Test
  void noSuggestionWithoutABudgetOrWithAFixedNoise() {
    Config fixed = CONFIG.with("noise_multiplier", 1);
    FinetunePlan plan = plan(5_000);
    assertThatThrownBy(() -> Suggestion.of(fixed, plan))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("noise_multiplier is given; remove it");
    Config open = CONFIG.with("privacy.enabled", false).without("privacy.target_epsilon");
    assertThatThrownBy(() -> Suggestion.of(open, DPFinetuningRecipe.of(open).plan(5_000)))
        .hasMessageContaining("privacy.target_epsilon: missing");
  }

  @Test
  void aBatchOfMoreRowsThanThereAreIsWarnedOf() {
    assertThat(plan(8, "batch_size=100").toText())
        .contains("Warning: a step has 8 rows, all there are, and their sum is divided by 100.");
  }
}
