package dev.reticent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.testing.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cells for Databricks compile with Scala 2.12, as its runtime 16 has it. */
class ScalaCellsTest {

  @TempDir Path folder;

  @Test
  void theCellsForDatabricksCompile() throws IOException {
    List<Path> notebooks;
    try (Stream<Path> list = Files.list(Path.of("..", "notebooks", "databricks"))) {
      notebooks = list.filter(file -> file.toString().endsWith(".scala")).sorted().toList();
    }
    assertThat(notebooks).isNotEmpty();
    for (Path notebook : notebooks) {
      Command.Run run = compile(scala(notebook));
      assertThat(run.status()).as(notebook + ": " + run.output()).isZero();
      assertThat(run.output()).as("warnings").isBlank();
    }
  }

  @Test
  void aCellThatAsksForWhatIsNotThereDoesNotCompile() throws IOException {
    Command.Run run =
        compile("object Wrong { dev.reticent.kernel.Reticent.finetune(\"no config\") }");
    assertThat(run.status()).isNotZero();
    assertThat(run.output()).contains("finetune");
  }

  /** The cells in the order of the notebook, with the function that Databricks brings. */
  private static String scala(Path notebook) throws IOException {
    String cells =
        Files.readAllLines(notebook).stream()
            .filter(line -> !line.startsWith("//"))
            .collect(Collectors.joining("\n"));
    return "object Cells {\ndef displayHTML(html: String): Unit = println(html)\n"
        + cells
        + "\n}\n";
  }

  private Command.Run compile(String source) throws IOException {
    Path file = Files.writeString(folder.resolve("Cells.scala"), source);
    return Command.run(
        Map.of(),
        5,
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        "scala.tools.nsc.Main",
        "-usejavacp",
        "-deprecation",
        "-d",
        Files.createDirectories(folder.resolve("classes")).toString(),
        file.toString());
  }
}
