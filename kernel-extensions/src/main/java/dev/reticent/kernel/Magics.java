package dev.reticent.kernel;

import dev.reticent.audit.SelfTestReport;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.evaluation.recipe.EvaluateConfig;
import dev.reticent.plan.FinetunePlan;
import dev.reticent.plan.Suggestion;
import dev.reticent.serving.ServeConfig;
import dev.reticent.settings.FinetuneConfig;
import dev.reticent.settings.SampleConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The magics: thin covers of {@link Reticent}'s methods. */
final class Magics {

  private static final List<Magic> ALL =
      List.of(
          Magic.cell(
              "plan",
              List.of("rows=", "suggest"),
              "Reticent.plan(config)\nReticent.suggest(config, rows)",
              "Says what a run would do and cost in privacy and memory, and what it may be expected"
                  + " to learn; trains nothing. With rows=N no data is read. With suggest it writes"
                  + " the YAML with the least noise for the same ε.",
              FinetuneConfig::read,
              Magics::plan),
          Magic.cell(
              "finetune",
              List.of("fresh", "resume"),
              "var finetuned = Reticent.finetune(config);\nReticent.finetune(config, Rerun.FRESH)",
              "Fine-tunes as the YAML says, and defines finetuned; goes on with a run that is in"
                  + " its folder, or with fresh moves it aside. Stop ends it after a step.",
              FinetuneConfig::read,
              Magics::finetune),
          Magic.cell(
              "selftest",
              List.of("units="),
              "Reticent.selfTest(config)",
              "Takes single steps on data that differ in one unit, and measures what the unit"
                  + " moves.",
              FinetuneConfig::read,
              Magics::selfTest),
          Magic.cell(
              "sample",
              List.of(),
              "var answers = Reticent.sample(config);",
              "Answers prompts, and defines answers; they are also written as JSONL and CSV. The"
                  + " model stays loaded for the next such cell.",
              SampleConfig::read,
              Magics::sample),
          Magic.cell(
              "evaluate",
              List.of(),
              "var report = Reticent.evaluate(config);",
              "Has models answer and a judge grade, and defines report.",
              EvaluateConfig::read,
              Magics::evaluate),
          Magic.cell(
              "serve",
              List.of(),
              "var server = Reticent.serve(config);",
              "Serves models to OpenAI's clients while the kernel runs, and defines server; an"
                  + " earlier one of this notebook is closed first.",
              ServeConfig::read,
              Magics::serve),
          Magic.line(
              "tensorboard",
              List.of(),
              "FOLDER [TAGS]",
              "Reticent.tensorboard(folder)",
              "Starts TensorBoard, or finds it running, and shows it here.",
              (kernel, arguments, body) -> tensorboard(kernel, arguments)),
          Magic.line(
              "reticent",
              List.of("status", "unload", "help"),
              "status | unload | help [MAGIC or KEY]",
              "Reticent.status()\nReticent.unload()\nReticent.help()",
              "The run at hand and the servers; or gives back the memory of the model that %%sample"
                  + " keeps; or what a magic or a key of its YAML means.",
              (kernel, arguments, body) -> reticent(kernel, arguments)),
          Magic.line(
              "lsmagic",
              List.of(),
              "",
              "",
              "Lists the magics that there are.",
              (kernel, arguments, body) -> kernel.show(list(kernel))));

  private Magics() {}

  static List<Magic> all() {
    return ALL;
  }

  static Optional<Magic> named(String name) {
    return ALL.stream().filter(magic -> magic.name().equals(name)).findFirst();
  }

  static void register(Kernel kernel) {
    for (Magic magic : ALL) {
      if (magic.isOfCell()) {
        kernel.cellMagic(
            magic.name(),
            (arguments, body) -> guarded(() -> magic.action().run(kernel, arguments, body)));
      } else {
        kernel.lineMagic(
            magic.name(), arguments -> guarded(() -> magic.action().run(kernel, arguments, "")));
      }
    }
    kernel.assist(new CellAssist(ALL));
  }

  private static void guarded(Runnable magic) {
    try {
      magic.run();
    } catch (UserInputException e) {
      throw new CellError(String.valueOf(e.getMessage()));
    }
  }

  private static void plan(Kernel kernel, List<String> arguments, String body) {
    List<String> words = new ArrayList<>(arguments);
    boolean suggests = words.remove("suggest");
    Arguments given = Arguments.of(words, "rows=");
    Config config = config(body, given.overrides());
    Activity activity = Activity.begin(kernel, "counting the rows");
    activity.ends(
        () -> {
          FinetunePlan plan =
              given
                  .number()
                  .map(rows -> Reticent.plan(config, rows))
                  .orElseGet(() -> Reticent.plan(config, activity::progressed));
          return suggests ? Suggestion.of(config, plan) : plan;
        },
        Views::of);
  }

  private static void finetune(Kernel kernel, List<String> arguments, String body) {
    Rerun rerun = arguments.contains("fresh") ? Rerun.FRESH : Rerun.RESUME;
    List<String> overrides = new ArrayList<>(arguments);
    overrides.removeAll(List.of("fresh", "resume"));
    Reticent.finetune(config(body, overrides), rerun);
    kernel.evaluate("var finetuned = dev.reticent.kernel.Reticent.lastRun();");
    kernel.show(Reticent.lastRun().display());
  }

  private static void selfTest(Kernel kernel, List<String> arguments, String body) {
    Arguments given = Arguments.of(arguments, "units=");
    Config config = config(body, given.overrides());
    Activity activity =
        Activity.begin(kernel, "loading the model, then single steps on neighbouring data");
    SelfTestReport report =
        activity.ends(
            () -> Reticent.selfTest(config, given.number().orElse(16), activity::progressed),
            Views::selfTest);
    if (!report.passed()) {
      throw new CellError("the guarantee does not hold: do not train with this build");
    }
  }

  private static void sample(Kernel kernel, List<String> arguments, String body) {
    Config config = config(body, arguments);
    Activity activity = Activity.begin(kernel, "loading the model");
    activity.ends(() -> Reticent.sample(config, activity::progressed), SampleTable::display);
    kernel.evaluate("var answers = dev.reticent.kernel.Reticent.lastAnswers();");
  }

  private static void evaluate(Kernel kernel, List<String> arguments, String body) {
    Config config = config(body, arguments);
    Activity activity = Activity.begin(kernel, "loading the models");
    activity.ends(
        () -> Reticent.evaluate(config, activity.evaluationListener()), GradeReport::display);
    kernel.evaluate("var report = dev.reticent.kernel.Reticent.lastReport();");
  }

  private static void serve(Kernel kernel, List<String> arguments, String body) {
    Config config = config(body, arguments);
    Activity activity = Activity.begin(kernel, "loading the model to serve");
    activity.ends(() -> Reticent.serve(config), Views::server);
    kernel.evaluate("var server = dev.reticent.kernel.Reticent.lastServer();");
  }

  private static void tensorboard(Kernel kernel, List<String> arguments) {
    if (arguments.isEmpty()) {
      throw new UserInputException("tensorboard: give the folder of the logs.");
    }
    String tags = arguments.size() > 1 ? arguments.get(1) : "";
    kernel.show(Reticent.tensorboard(Path.of(arguments.get(0)), tags));
  }

  private static void reticent(Kernel kernel, List<String> arguments) {
    String word = arguments.isEmpty() ? "help" : arguments.get(0);
    kernel.show(
        switch (word) {
          case "status" -> Reticent.status();
          case "unload" -> {
            Reticent.unload();
            yield Views.text("no model is loaded");
          }
          case "help" ->
              arguments.size() > 1 ? MagicHelp.of(arguments.get(1), ALL) : MagicHelp.table(ALL);
          default ->
              throw new UserInputException(
                  "reticent: found '" + word + "'; there are status, unload and help.");
        });
  }

  private static Display list(Kernel kernel) {
    String ours = ALL.stream().map(Magic::typed).collect(Collectors.joining("  "));
    List<String> known = ALL.stream().map(Magic::name).toList();
    String others =
        Stream.concat(
                kernel.lineMagics().stream().filter(n -> !known.contains(n)).map(n -> "%" + n),
                kernel.cellMagics().stream().filter(n -> !known.contains(n)).map(n -> "%%" + n))
            .sorted()
            .collect(Collectors.joining("  "));
    return Views.table(
        "Magics",
        List.of(),
        others.isEmpty()
            ? List.of(List.of("Reticent's", ours))
            : List.of(List.of("Reticent's", ours), List.of("the kernel's", others)));
  }

  /**
   * The lines below a cell magic; its own line is the first, so that places count as in the cell.
   */
  private static Config config(String body, List<String> overrides) {
    return Config.parse("cell", "\n" + body).withOverrides(overrides);
  }

  /** Overrides, and the number of a word such as {@code rows=30} among them. */
  private record Arguments(List<String> overrides, Optional<Integer> number) {
    static Arguments of(List<String> arguments, String word) {
      List<String> overrides = new ArrayList<>(arguments);
      Optional<String> given = overrides.stream().filter(a -> a.startsWith(word)).findFirst();
      given.ifPresent(overrides::remove);
      return new Arguments(overrides, given.map(text -> number(text, word)));
    }

    private static int number(String text, String word) {
      String digits = text.substring(word.length());
      if (!digits.matches("[1-9]\\d{0,8}")) {
        throw new UserInputException(text + ": expected a whole number of at least 1.");
      }
      return Integer.parseInt(digits);
    }
  }
}
