package dev.reticent.kernel;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The magics: thin covers of {@link Reticent}'s methods. */
final class Magics {

  /** A cell that ends with a message and no stack trace. */
  static final class CellError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CellError(String message, UserInputException cause) {
      super(message, cause, false, false);
    }
  }

  private Magics() {}

  static void register(Kernel kernel) {
    kernel.lineMagic("reticent", arguments -> guarded(kernel, () -> reticent(kernel, arguments)));
    kernel.lineMagic(
        "tensorboard", arguments -> guarded(kernel, () -> tensorboard(kernel, arguments)));
    kernel.cellMagic(
        "finetune", (arguments, body) -> guarded(kernel, () -> finetune(kernel, arguments, body)));
    kernel.cellMagic(
        "sample", (arguments, body) -> guarded(kernel, () -> sample(kernel, arguments, body)));
  }

  private static void reticent(Kernel kernel, List<String> arguments) {
    String word = arguments.isEmpty() ? "help" : arguments.get(0);
    kernel.show(
        switch (word) {
          case "status" -> Reticent.status();
          case "help" -> help();
          default ->
              throw new UserInputException(
                  "reticent: found '" + word + "'; there are status and help.");
        });
  }

  private static void tensorboard(Kernel kernel, List<String> arguments) {
    if (arguments.isEmpty()) {
      throw new UserInputException("tensorboard: give the folder of the logs.");
    }
    String tags = arguments.size() > 1 ? arguments.get(1) : "";
    kernel.show(Reticent.tensorboard(Path.of(arguments.get(0)), tags));
  }

  private static void finetune(Kernel kernel, List<String> arguments, String body) {
    Rerun rerun = Rerun.RESUME;
    List<String> overrides = new ArrayList<>();
    for (String argument : arguments) {
      switch (argument) {
        case "fresh" -> rerun = Rerun.FRESH;
        case "resume" -> rerun = Rerun.RESUME;
        default -> overrides.add(argument);
      }
    }
    Reticent.finetune(config(body, overrides), rerun);
    kernel.evaluate("var finetuned = dev.reticent.kernel.Reticent.lastRun();");
    kernel.show(Reticent.lastRun().display());
  }

  private static void sample(Kernel kernel, List<String> arguments, String body) {
    kernel.show(Reticent.sample(config(body, arguments)).display());
    kernel.evaluate("var answers = dev.reticent.kernel.Reticent.lastAnswers();");
  }

  /**
   * The lines below a cell magic; its own line is the first, so that places count as in the cell.
   */
  private static Config config(String body, List<String> overrides) {
    return Config.parse("cell", "\n" + body).withOverrides(overrides);
  }

  private static void guarded(Kernel kernel, Runnable magic) {
    try {
      magic.run();
    } catch (UserInputException e) {
      kernel.show(Views.problem(String.valueOf(e.getMessage())));
      throw new CellError(String.valueOf(e.getMessage()), e);
    }
  }

  static Display help() {
    return Views.table(
        "Reticent in a notebook",
        List.of("magic", "Java", "what it does"),
        List.of(
            List.of(
                "%%finetune [fresh] [key=value …]\nYAML",
                "var finetuned = Reticent.finetune(config);\nReticent.finetune(config, Rerun.FRESH)",
                "Fine-tunes as the YAML says; goes on with a run that is in its folder, or moves it aside. Stop ends it after a step."),
            List.of(
                "%%sample [key=value …]\nYAML",
                "var answers = Reticent.sample(config);",
                "Answers prompts; the table is also written as JSONL and CSV."),
            List.of(
                "%tensorboard FOLDER [TAGS]",
                "Reticent.tensorboard(folder)",
                "Starts TensorBoard, or finds it running, and shows it here."),
            List.of("%reticent status", "Reticent.status()", "The run at hand and the servers."),
            List.of(
                "",
                "Reticent.plan(config)",
                "What a run would do and cost in privacy; trains nothing."),
            List.of(
                "",
                "finetuned.lossChart()\nfinetuned.epsilonChart()",
                "The curves of a run made here.")));
  }
}
