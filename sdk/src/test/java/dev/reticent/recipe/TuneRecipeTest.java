package dev.reticent.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.audit.RunVerification;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.privacy.accounting.Neighbors;
import dev.reticent.privacy.accounting.PrivacyEvent;
import dev.reticent.privacy.accounting.RandomStopping;
import dev.reticent.privacy.accounting.RandomStopping.Rule;
import dev.reticent.privacy.accounting.RdpAccountant;
import dev.reticent.run.FinetuneListener;
import dev.reticent.run.FinetuneResult;
import dev.reticent.run.TinyRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TuneRecipeTest {

  private static final RandomStopping GEOMETRIC = new RandomStopping(Rule.GEOMETRIC, 2);

  @TempDir Path folder;

  private Config config() throws IOException {
    return TinyRun.config(folder, 40)
        .with("dataset.evaluation", "public")
        .with("sampling_rate", 0.25)
        .with("max_steps", 3);
  }

  private Path output() {
    return folder.resolve("run");
  }

  /** Three runs by this seed; the better learning rate is released with the total of all. */
  @Test
  void theBestRunIsReleasedWithTheTotalOfAll() throws IOException {
    TuneRecipe recipe =
        TuneRecipe.of(
            config(), Map.of("learning_rate", List.of("1e-9", "0.05")), GEOMETRIC, random(3));
    TuneRecipe.Plan plan = recipe.plan();
    assertThat(plan.settings()).isEqualTo(2);
    assertThat(plan.run().epsilon()).isLessThanOrEqualTo(8).isGreaterThan(7.9);
    assertThat(plan.run().epsilon()).isCloseTo(byHand(plan.run().noiseMultiplier()), within(0.01));
    List<Double> losses = new ArrayList<>();
    Optional<FinetuneResult> best =
        recipe.run(
            new FinetuneListener() {
              @Override
              public void evaluated(int step, double loss) {
                if (step == 3) {
                  losses.add(loss);
                }
              }
            });
    assertThat(losses).hasSize(3);
    double least = losses.stream().mapToDouble(x -> x).min().orElseThrow();
    assertThat(best.orElseThrow().lossAfter()).isEqualTo(least);
    JsonNode statement = new ObjectMapper().readTree(output().resolve("privacy.json").toFile());
    assertThat(statement.path("epsilon_is").asText()).isEqualTo("epsilon_selected_rdp");
    assertThat(statement.path("epsilon").asDouble()).isEqualTo(plan.run().epsilon());
    assertThat(output().resolve("privacy.txt"))
        .content()
        .contains("best of 2.0 runs on average (geometric)");
    RunVerification verified = RunVerification.of(output(), Optional.empty());
    assertThat(verified.holds()).as(verified.toText()).isTrue();
    assertThat(output().resolve("local")).doesNotExist();
    assertThatThrownBy(() -> TuneRecipe.of(config(), Map.of(), GEOMETRIC))
        .hasMessageContaining("there already");
  }

  /**
   * Theorem 2 with η = 1 and γ = 1/2, over integer orders: ε(λ) + 2·min((1 − 1/λ̂)ε(λ̂) +
   * log(2)/λ̂) + log(2)/(λ − 1), and Balle et al.'s conversion.
   */
  private static double byHand(double sigma) {
    RdpAccountant accountant = new RdpAccountant(Neighbors.ADD_OR_REMOVE_ROW);
    PrivacyEvent run = PrivacyEvent.poisson(0.25, sigma, 3);
    double hat = Double.POSITIVE_INFINITY;
    for (double order = 1.01; order < 200; order *= 1.01) {
      double divergence = accountant.divergence(run, order);
      hat = Math.min(hat, (1 - 1 / order) * divergence + Math.log(2) / order);
    }
    double least = Double.POSITIVE_INFINITY;
    for (double order = 1.01; order < 200; order *= 1.01) {
      double total = accountant.divergence(run, order) + 2 * hat + Math.log(2) / (order - 1);
      double epsilon = total + Math.log1p(-1 / order) - Math.log(1e-4 * order) / (order - 1);
      least = Math.min(least, epsilon);
    }
    return least;
  }

  private static SplittableRandom random(int runs) {
    for (long seed = 0; ; seed++) {
      if (GEOMETRIC.draw(new SplittableRandom(seed)) == runs) {
        return new SplittableRandom(seed);
      }
    }
  }

  @Test
  void whatWouldCostMoreThanItSaysIsRefused() throws IOException {
    Config config = config();
    assertThatThrownBy(() -> tune(config, "batch_size", "8", "16"))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("by which ε is accounted");
    assertThatThrownBy(() -> tune(config, "l2_norm_clip", "1", "2"))
        .hasMessageContaining("by which ε is accounted");
    assertThatThrownBy(
            () -> tune(config.with("dataset.evaluation", "private"), "learning_rate", "1", "2"))
        .hasMessageContaining("have to be public");
    assertThatThrownBy(() -> tune(config.with("privacy.enabled", false), "learning_rate", "1", "2"))
        .hasMessageContaining("private runs");
  }

  /** When to stop would tell of the runs so far. */
  @Test
  void nothingIsReleasedWhenItIsStoppedEarly() throws IOException {
    TuneRecipe recipe =
        TuneRecipe.of(config(), Map.of("learning_rate", List.of("0.05")), GEOMETRIC, random(1));
    assertThatThrownBy(
            () ->
                recipe.run(
                    new FinetuneListener() {
                      @Override
                      public boolean stopRequested() {
                        return true;
                      }
                    }))
        .hasMessageContaining("nothing is released");
    assertThat(output()).doesNotExist();
  }

  private static void tune(Config config, String key, String... values) {
    TuneRecipe.of(config, Map.of(key, List.of(values)), GEOMETRIC);
  }
}
