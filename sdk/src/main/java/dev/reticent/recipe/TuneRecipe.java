package dev.reticent.recipe;

import dev.reticent.audit.RunPack;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.plan.FinetunePlan;
import dev.reticent.privacy.EvaluationData;
import dev.reticent.privacy.accounting.RandomStopping;
import dev.reticent.run.FinetuneListener;
import dev.reticent.run.FinetuneResult;
import dev.reticent.run.RunFolder;
import dev.reticent.settings.FinetuneConfig;
import dev.reticent.training.Trainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Chooses among settings on private data: as often as a secret random number says, a setting is
 * drawn from a grid and a private run is made with it; the best run is released and nothing else.
 *
 * <p>ε of that is stated before the first run and does not depend on how many there are (Papernot
 * and Steinke 2022, theorems 2 and 6; {@link RandomStopping}). It holds because a run's score is
 * computed from public rows, every setting draws and noises alike, the number of runs and all but
 * the best of them stay with the owner, and nothing is released when the process is stopped early.
 * The other runs are in a folder beside the best one's, named {@code …-trials}: it must not leave.
 */
public final class TuneRecipe {

  private static final String TRIALS = "-trials";

  private final List<Config> settings;
  private final FinetuneConfig first;
  private final Path output;
  private final RandomStopping stopping;
  private final RandomGenerator random;

  private TuneRecipe(
      List<Config> settings, Path output, RandomStopping stopping, RandomGenerator random) {
    this.settings = settings;
    this.first = FinetuneConfig.of(settings.get(0));
    this.output = output;
    this.stopping = stopping;
    this.random = random;
  }

  /**
   * What tuning will cost and do.
   *
   * @param run of one setting: its ε is that of all runs together
   * @param settings how many there are
   */
  public record Plan(FinetunePlan run, int settings, RandomStopping stopping) {

    /** In words. */
    public String toText() {
      String law = stopping.rule().name().toLowerCase(Locale.ROOT);
      return String.format(
          Locale.ROOT,
          "Tuning over %d settings, %s runs on average (%s): releasing the best costs ε ≤ %.4f at δ"
              + " = %s, however many runs there are.%n",
          settings,
          stopping.mean(),
          law,
          run.epsilon(),
          run.delta());
    }
  }

  /**
   * @param base what all settings share; its saving_dir is where the best run goes
   * @param grid each key with its values; every combination is a setting, as likely as the others
   * @throws UserInputException when a setting is wrong, changes what is accounted, or cannot be
   *     scored
   */
  public static TuneRecipe of(
      Config base, Map<String, List<String>> grid, RandomStopping stopping) {
    return of(base, grid, stopping, new SecureRandom());
  }

  static TuneRecipe of(
      Config base,
      Map<String, List<String>> grid,
      RandomStopping stopping,
      RandomGenerator random) {
    List<Config> settings = List.of(base);
    for (Map.Entry<String, List<String>> key : grid.entrySet()) {
      List<Config> more = new ArrayList<>();
      for (Config config : settings) {
        for (String value : key.getValue()) {
          more.add(config.withOverride(key.getKey() + "=" + value));
        }
      }
      settings = more;
    }
    Path output = FinetuneConfig.of(base).savingDir();
    Path trials = trials(output);
    settings =
        settings.stream()
            .map(
                config ->
                    config
                        .with(
                            "privacy.selection.runs",
                            stopping.rule().name().toLowerCase(Locale.ROOT))
                        .with("privacy.selection.mean_runs", stopping.mean())
                        .with("resume", "never")
                        .with("saving_dir", trials.resolve("run").toString()))
            .toList();
    TuneRecipe recipe = new TuneRecipe(settings, output, stopping, random);
    recipe.check();
    return recipe;
  }

  private static Path trials(Path output) {
    return output.resolveSibling(output.getFileName() + TRIALS);
  }

  private void check() {
    require(first.privacy().enabled(), "privacy.enabled: false; tune chooses among private runs.");
    require(
        first.dataset().evaluation() == EvaluationData.PUBLIC,
        "dataset.evaluation: private; runs are chosen by their loss on held-out rows, so these have"
            + " to be public. Give a dataset.eval_file with public rows and evaluation: public.");
    for (Config config : settings) {
      FinetuneConfig other = FinetuneConfig.of(config);
      require(
          other.privacy().equals(first.privacy())
              && other.dataset().equals(first.dataset())
              && other.batch().expected() == first.batch().expected()
              && other.samplingRate().equals(first.samplingRate())
              && other.maxSteps().equals(first.maxSteps())
              && other.epochs() == first.epochs(),
          "--grid: a setting changes data, privacy, batch or steps, by which ε is accounted; those"
              + " have to be the same in all runs.");
    }
    require(
        !Files.exists(output) && !Files.exists(trials(output)),
        output
            + ": a run or its trials are there already; give another saving_dir. What was tuned"
            + " there stays spent.");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new UserInputException(otherwise);
    }
  }

  /** What it will cost; reads the model's config and counts the rows. */
  public Plan plan() {
    return new Plan(DPFinetuningRecipe.of(settings.get(0)).plan(), settings.size(), stopping);
  }

  /**
   * Makes the runs and puts the best one where the config says; empty when the number of runs came
   * out as none.
   *
   * @throws UserInputException when it is stopped early: nothing is released then
   */
  public Optional<FinetuneResult> run(FinetuneListener listener) {
    RunFolder best = new RunFolder(trials(output).resolve("best"));
    Optional<FinetuneResult> kept = Optional.empty();
    int count = stopping.draw(random);
    try {
      for (int i = 0; i < count; i++) {
        int at = random.nextInt(settings.size());
        Optional<FinetuneResult> found = trial(settings.get(at), listener);
        if (found.isPresent() && better(found.get(), kept)) {
          best.remove();
          Files.move(found.get().folder(), best.path());
          kept = found;
        } else {
          new RunFolder(first.savingDir()).remove();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the runs in " + trials(output) + " cannot be kept", e);
    }
    kept.ifPresent(result -> RunPack.write(best.path(), output, Optional.empty()));
    return kept;
  }

  /** Where the best run goes. */
  public Path output() {
    return output;
  }

  private static boolean better(FinetuneResult found, Optional<FinetuneResult> kept) {
    return kept.isEmpty() || found.lossAfter() < kept.get().lossAfter();
  }

  /** A run; empty where it diverged, which is the worst that can be. */
  private static Optional<FinetuneResult> trial(Config setting, FinetuneListener listener) {
    FinetuneResult result;
    try {
      result = DPFinetuningRecipe.of(setting).run(listener);
    } catch (UserInputException e) {
      listener.notice("this run counts as the worst: " + e.getMessage());
      return Optional.empty();
    }
    require(
        result.outcome() != Trainer.Outcome.INTERRUPTED,
        "tuning was stopped early, so nothing is released: when to stop would tell of the runs so"
            + " far. Start again in another saving_dir.");
    return Optional.of(result);
  }
}
