package dev.reticent.cli;

import dev.reticent.config.Config;
import dev.reticent.recipe.DataPreview;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what a run would make of its data. */
@Command(
    name = "data",
    description =
        "Shows what training would make of a file: layout, lengths, what is learnt, what is cut.",
    footer = {
      "",
      "For example:",
      "  ./reticent data my-rows.csv",
      "  ./reticent data my-config.yaml",
      "More: docs/own-data.md"
    },
    mixinStandardHelpOptions = true)
final class DataCommand implements Callable<Integer> {
  private static final int SHOWN_CHARACTERS = 1200;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description =
          "A data file or folder, or a config (.yaml) that names one and the model that reads it.")
  private Path file = Path.of("");

  @Parameters(
      index = "1..*",
      paramLabel = "key=value",
      description = "Settings, such as dataset.layout=alpaca or foundation_model_name=FOLDER.")
  private List<String> overrides = List.of();

  @Option(
      names = "--rows",
      defaultValue = "3",
      paramLabel = "N",
      description = "How many rows are shown; ${DEFAULT-VALUE} unless given.")
  private int rows = 3;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    boolean isConfig = file.toString().matches(".*\\.ya?ml");
    Config config = isConfig ? Config.read(file) : alone(file);
    DataPreview preview;
    try (ProgressLines lines = new ProgressLines(spec.commandLine().getErr())) {
      preview = DataPreview.of(config.withOverrides(overrides), rows, lines);
    }
    out.println(preview.reading().summary());
    figures(out, preview);
    if (!isConfig && overrides.stream().noneMatch(o -> o.startsWith("foundation_model_name="))) {
      out.println(
          "Tokens are those of the embedded model; foundation_model_name=FOLDER takes another's.");
    }
    Paint paint = Paint.of(Boolean.getBoolean("reticent.colours"));
    out.println();
    out.println("Learnt are the parts " + paint.learnt("like this") + ".");
    for (int i = 0; i < preview.shown().size(); i++) {
      out.printf("%nRow %d%n", i + 1);
      show(out, preview.shown().get(i), paint);
    }
    return 0;
  }

  private static Config alone(Path file) {
    return Config.empty()
        .with("foundation_model_name", "reticent-tiny")
        .with("privacy.enabled", false)
        .with("dataset.train_file", file.toString());
  }

  private static void figures(PrintWriter out, DataPreview preview) {
    print(
        out,
        "%s, %s",
        counted(preview.lengths().length, "row"),
        counted(units(preview), "privacy unit"));
    preview.reading().problems().forEach(problem -> print(out, "left out: %s", problem));
    int copies = preview.duplicates().rows();
    if (copies > 0) {
      print(out, "%,d rows repeat another row exactly", copies);
    }
    print(
        out,
        "tokens a row: %,d at least, %,d in the middle, %,d for 19 of 20, %,d at most",
        preview.quantile(0),
        preview.quantile(0.5),
        preview.quantile(0.95),
        preview.quantile(1));
    print(
        out,
        preview.cut() == 0
            ? "none is longer than dataset.max_length: %2$,d"
            : "%1$,d rows are longer than dataset.max_length: %2$,d, and lose %3$,d tokens",
        preview.cut(),
        preview.maxTokens(),
        preview.lostTokens());
    if (preview.leftOut() > 0) {
      print(out, "%,d of these lose all of their answer and are left out", preview.leftOut());
    }
    if (preview.turnsWithoutLoss() > 0) {
      print(
          out,
          "%,d earlier answers are not learnt from, as the chat template writes them otherwise",
          preview.turnsWithoutLoss());
    }
  }

  private static String counted(int count, String what) {
    return String.format(Locale.ROOT, "%,d %s%s", count, what, count == 1 ? "" : "s");
  }

  private static int units(DataPreview preview) {
    return preview.reading().dataset().units();
  }

  private static void print(PrintWriter out, String format, Object... values) {
    out.println("  " + String.format(Locale.ROOT, format, values));
  }

  private static void show(PrintWriter out, List<DataPreview.Run> runs, Paint paint) {
    StringBuilder text = new StringBuilder();
    int room = SHOWN_CHARACTERS;
    int hidden = 0;
    for (DataPreview.Run run : runs) {
      if (room <= 0) {
        hidden += run.tokens();
        continue;
      }
      String shown =
          visible(run.text().length() > room ? run.text().substring(0, room) + "…" : run.text());
      room -= run.text().length();
      text.append(
          run.cut() ? paint.cut(shown) : run.learnt() ? paint.learnt(shown) : paint.read(shown));
    }
    out.println("  " + text.toString().replace("\n", "\n  "));
    if (hidden > 0) {
      print(out, "… and %,d tokens more", hidden);
    }
  }

  /** The text without what a terminal would obey: control characters are shown as pictures. */
  private static String visible(String text) {
    return text.codePoints()
        .map(c -> c < ' ' && c != '\n' ? 0x2400 + c : c >= 0x7F && c < 0xA0 ? 0x2421 : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
