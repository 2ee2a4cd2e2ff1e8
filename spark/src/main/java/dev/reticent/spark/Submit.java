package dev.reticent.spark;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.evaluation.recipe.EvaluationListener;
import dev.reticent.evaluation.recipe.EvaluationRecipe;
import dev.reticent.evaluation.report.Evaluation;
import dev.reticent.recipe.DPFinetuningRecipe;
import dev.reticent.run.FinetuneListener;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * {@code spark-submit --class dev.reticent.spark.Submit JAR [finetune|evaluate] CONFIG.yaml
 * [KEY=VALUE…]}.
 */
public final class Submit {

  private static final List<String> TASKS = List.of("finetune", "evaluate");

  private Submit() {}

  /**
   * Runs a config on the cluster that spark-submit says; exits with 2 where it cannot be used, and
   * with 1 after an evaluation with too many rows that have no grade.
   *
   * @param args what to do, fine-tuning when not said; a config file; and settings that replace its
   *     own
   */
  public static void main(String[] args) {
    List<String> words = Arrays.asList(args);
    String task = TASKS.get(0);
    if (!words.isEmpty() && TASKS.contains(words.get(0))) {
      task = words.get(0);
      words = words.subList(1, words.size());
    }
    if (words.isEmpty()) {
      System.err.println("give a config file: Submit [finetune|evaluate] CONFIG.yaml [KEY=VALUE…]");
      System.exit(2);
    }
    int code = 0;
    try {
      Config config =
          Config.read(Path.of(words.get(0)))
              .withOverrides(words.subList(1, words.size()))
              .with("distributed.engine", "spark");
      if (task.equals("evaluate")) {
        code = evaluate(config);
      } else {
        System.out.println(DPFinetuningRecipe.of(config).run(new Console()).statement());
      }
    } catch (UserInputException e) {
      System.err.println(e.getMessage());
      code = 2;
    }
    if (code != 0) {
      System.exit(code);
    }
  }

  private static int evaluate(Config config) {
    EvaluationRecipe recipe = EvaluationRecipe.of(config);
    Evaluation evaluation = recipe.run(new Console());
    System.out.println("The report is " + recipe.config().savingDir().resolve("report.html"));
    evaluation.problem().ifPresent(System.err::println);
    return evaluation.problem().isPresent() ? 1 : 0;
  }

  private static final class Console implements FinetuneListener, EvaluationListener {
    @Override
    public void notice(String message) {
      System.err.println(message);
    }
  }
}
