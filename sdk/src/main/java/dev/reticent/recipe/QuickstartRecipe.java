package dev.reticent.recipe;

import dev.reticent.config.Config;
import dev.reticent.quickstart.QuickstartQuestions;
import dev.reticent.run.FinetuneListener;
import dev.reticent.run.FinetuneResult;
import dev.reticent.run.QuickstartData;
import dev.reticent.run.RunFolder;
import dev.reticent.settings.ModelSettings;
import dev.reticent.training.Trainer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The whole way on the embedded model: answer held-out questions, fine-tune privately, answer them
 * again.
 */
public final class QuickstartRecipe {

  private static final int SHOWN = 4;

  private final Path folder;
  private final List<String> overrides;

  /**
   * @param folder where the run goes
   * @param overrides settings that replace those of configs/quickstart.yaml
   */
  public QuickstartRecipe(Path folder, List<String> overrides) {
    this.folder = folder;
    this.overrides = List.copyOf(overrides);
  }

  /** A held-out question, the right answer, and what the model said before and after. */
  public record Example(String question, String answer, String before, String after) {}

  /**
   * @param exactMatchBefore share of held-out questions answered exactly right
   * @param exactMatchAfter the same; NaN, and no examples, when the run was interrupted
   */
  public record Report(
      FinetuneResult result,
      double exactMatchBefore,
      double exactMatchAfter,
      int heldOut,
      List<Example> examples) {
    public Report {
      examples = List.copyOf(examples);
    }
  }

  /** Runs it; some minutes on two cores. */
  public Report run(FinetuneListener listener) {
    try {
      listener.phase("asking the base model " + QuickstartData.HELD_OUT + " questions");
      RunFolder run = new RunFolder(folder);
      run.create();
      Path data = Files.createDirectories(run.local().resolve("data"));
      List<QuickstartQuestions.Row> held = QuickstartQuestions.heldOut(QuickstartData.HELD_OUT);
      Path heldFile = data.resolve("held-out.jsonl");
      QuickstartQuestions.write(heldFile, held);
      Config config =
          Config.parse("quickstart.yaml", yaml())
              .with("saving_dir", folder.toString())
              .with("dataset.eval_file", heldFile.toString())
              .withOverrides(overrides);
      List<String> questions = held.stream().map(QuickstartQuestions.Row::question).toList();
      List<String> before = answers(Config.empty(), questions, "answering before", listener);
      FinetuneResult result = DPFinetuningRecipe.of(config).run(listener);
      if (result.outcome() == Trainer.Outcome.INTERRUPTED) {
        return new Report(result, share(before, held), Double.NaN, held.size(), List.of());
      }
      listener.phase("asking the fine-tuned model the same");
      List<String> after =
          answers(
              Config.empty().with("checkpoint_path", folder.toString()),
              questions,
              "answering after",
              listener);
      List<Example> examples = new ArrayList<>();
      for (int i = 0; i < SHOWN; i++) {
        examples.add(
            new Example(questions.get(i), held.get(i).answer(), before.get(i), after.get(i)));
      }
      return new Report(result, share(before, held), share(after, held), held.size(), examples);
    } catch (IOException e) {
      throw new UncheckedIOException("the quickstart's files cannot be written", e);
    }
  }

  /** How many of the answers are exactly right. */
  private static double share(List<String> answers, List<QuickstartQuestions.Row> held) {
    int right = 0;
    for (int i = 0; i < answers.size(); i++) {
      right += answers.get(i).equals(held.get(i).answer()) ? 1 : 0;
    }
    return right / (double) held.size();
  }

  private static List<String> answers(
      Config base, List<String> questions, String what, FinetuneListener listener) {
    Config config =
        base.with("foundation_model_name", ModelSettings.EMBEDDED)
            .with("max_new_tokens", 40)
            .with("batch_size", 64);
    return SampleRecipe.of(config)
        .answer(questions, done -> listener.progressed(what, done, questions.size()))
        .stream()
        .map(answer -> answer.generation().text().strip())
        .toList();
  }

  private static String yaml() throws IOException {
    try (InputStream in = QuickstartRecipe.class.getResourceAsStream("configs/quickstart.yaml")) {
      if (in == null) {
        throw new IOException("the resource configs/quickstart.yaml is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
