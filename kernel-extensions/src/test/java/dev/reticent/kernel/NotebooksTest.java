package dev.reticent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.testing.Command;
import dev.reticent.testing.Python;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every notebook top to bottom in the real IJava. */
class NotebooksTest {

  private static final int MINUTES = 20;

  @TempDir Path folder;

  private static List<String> notebooks() throws IOException {
    try (Stream<Path> list = Files.list(Path.of("..", "notebooks"))) {
      return list.map(Path::toString).filter(name -> name.endsWith(".ipynb")).sorted().toList();
    }
  }

  private void run(Map<String, String> environment, List<String> notebooks) {
    List<String> command =
        new ArrayList<>(
            List.of(Python.command(), "src/test/python/run_notebooks.py", folder.toString()));
    command.addAll(notebooks);
    Command.Run run = Command.run(environment, MINUTES, command.toArray(String[]::new));
    assertThat(run.status()).as(run.output()).isZero();
    run.output().lines().filter(line -> line.startsWith("ran ")).forEach(System.out::println);
    assertThat(run.output().lines().filter(line -> line.startsWith("ran ")))
        .hasSameSizeAs(notebooks);
  }

  @Test
  void everyNotebookRunsOnThisJdk() throws IOException {
    Python.require("nbclient", "nbformat", "tensorboard");
    assertThat(notebooks()).isNotEmpty();
    Path java = Path.of(System.getProperty("java.home"));
    run(Jupyter.kernel(folder, java, Runtime.version().feature()), notebooks());
  }

  @Test
  void trainingSamplingAndServingRunOnJdk25() throws IOException {
    Python.require("nbclient", "nbformat", "tensorboard");
    Optional<String> named = Optional.ofNullable(System.getenv("RETICENT_JDK25"));
    Path java = Path.of(named.orElse("/usr/lib/jvm/temurin-25-jdk-amd64"));
    if (named.isPresent()) {
      assertThat(java).as("the JDK that RETICENT_JDK25 names").isDirectory();
    }
    Assumptions.assumeTrue(
        Files.exists(java),
        "the notebooks were not run on JDK 25: there is none at " + java + "; set RETICENT_JDK25");
    // What another JVM changes, natives, kernel and server, is in these; the rest is the same Java.
    List<String> some = notebooks().stream().filter(name -> name.matches(".*/[14]-[^/]*")).toList();
    assertThat(some).hasSize(2);
    run(Jupyter.kernel(folder, java, 25), some);
  }
}
