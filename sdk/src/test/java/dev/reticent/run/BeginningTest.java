package dev.reticent.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.UserInputException;
import dev.reticent.recipe.DPFinetuningRecipe;
import dev.reticent.training.StepReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of a run that has not taken its first step yet one sees what it does and how far it is. */
class BeginningTest {
  private final List<String> phases = new ArrayList<>();
  private final Map<String, String> ends = new LinkedHashMap<>();

  private final class Watching implements FinetuneListener {
    private boolean stepped;

    @Override
    public void phase(String what) {
      phases.add(what);
    }

    @Override
    public void progressed(String what, int done, int total) {
      assertThat(stepped).isFalse();
      ends.put(what, done + "/" + total);
    }

    @Override
    public void step(StepReport report) {
      stepped = true;
    }
  }

  @Test
  void whatIsNotThereIsToldAtOnceBeforeAnythingIsLoaded(@TempDir Path folder) throws IOException {
    DPFinetuningRecipe recipe =
        DPFinetuningRecipe.of(
            TinyRun.config(folder, 10)
                .with("foundation_model_name", "no-model")
                .with("dataset.train_file", "no-train.csv")
                .with("dataset.eval_file", "no-eval.csv"));
    assertThatThrownBy(() -> recipe.run(new Watching()))
        .isInstanceOf(UserInputException.class)
        .hasMessageContainingAll("no-model", "no-train.csv", "no-eval.csv");
    assertThat(phases).isEmpty();
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void itsPhasesAreToldToTheirEndsAndLaterStepsTellOfThemselves(@TempDir Path folder)
      throws IOException {
    DPFinetuningRecipe recipe =
        DPFinetuningRecipe.of(
            TinyRun.config(folder, 40)
                .with("max_steps", 2)
                .with("batch_size", 40)
                .with("physical_batch_size", 1)
                .with("eval_every_n_grad_steps", 1));
    FinetuneResult unused = recipe.run(new Watching());
    assertThat(phases)
        .containsExactly(
            "loading the model",
            "reading the data",
            "tokenizing the rows",
            "evaluating before the first step",
            "taking step 1");
    assertThat(ends.keySet())
        .containsExactly(
            "tokenizing the rows", "evaluating before the first step", "taking step 1");
    assertThat(ends.values())
        .allSatisfy(end -> assertThat(end.split("/")[0]).isEqualTo(end.split("/")[1]));
    phases.clear();
    FinetuneResult again = recipe.run(new Watching());
    assertThat(again.steps()).isEqualTo(2);
    assertThat(phases)
        .as("of a run that has ended")
        .endsWith(
            "evaluating the checkpoint of step 2",
            "evaluating again, as the run has taken all its steps");
  }
}
