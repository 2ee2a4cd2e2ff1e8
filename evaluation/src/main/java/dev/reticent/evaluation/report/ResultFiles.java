package dev.reticent.evaluation.report;

import dev.reticent.api.Internal;
import dev.reticent.chart.Chart;
import dev.reticent.chart.LineChart;
import dev.reticent.format.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes an evaluation into a folder; each file appears whole or not at all. */
@Internal
public final class ResultFiles {
  private final Path folder;

  public ResultFiles(Path folder) {
    this.folder = folder;
  }

  /**
   * Writes results.jsonl, summary.json, summary.md, report.html, the charts as SVG and PNG, and for
   * each model KEY/eval_results_table.json.
   *
   * @return what could not be made, in words; PNG needs fonts that some machines lack
   */
  public List<String> write(Evaluation evaluation) throws IOException {
    List<String> problems = new ArrayList<>();
    write("results.jsonl", String.join("\n", ResultRows.of(evaluation)) + "\n");
    write("summary.json", Summary.json(evaluation));
    for (ModelResult model : evaluation.models()) {
      write(model.key() + "/eval_results_table.json", ResultTable.of(evaluation, model, true));
    }
    write("summary.md", MarkdownReport.of(evaluation));
    Optional<LineChart> tradeOff = evaluation.promise().flatMap(Promise::picture);
    if (tradeOff.isPresent()) {
      chart("trade-off", tradeOff.get(), problems);
    }
    write("report.html", HtmlReport.of(evaluation));
    if (evaluation.judge().isPresent()) {
      chart("grades", new GradeChart(evaluation), problems);
      chart("means", new MeanChart(evaluation), problems);
    }
    return problems;
  }

  private void chart(String name, Chart chart, List<String> problems) throws IOException {
    write(name + ".svg", chart.svg());
    try {
      write(name + ".png", chart.png());
    } catch (LinkageError | InternalError e) {
      problems.add(name + ".png: Java cannot draw text here (install a font and fontconfig): " + e);
    }
  }

  private void write(String name, String text) throws IOException {
    write(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private void write(String name, byte[] bytes) throws IOException {
    Path file = folder.resolve(name);
    Path parent = file.toAbsolutePath().getParent();
    Files.createDirectories(parent == null ? folder : parent);
    WholeFile.replace(file, bytes);
  }
}
