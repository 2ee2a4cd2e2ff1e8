package dev.reticent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.testing.Command;
import dev.reticent.testing.Python;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run in JupyterLab in a real browser, stopped and gone on with. */
class JupyterLabTest {

  private static final int MINUTES = 20;

  @TempDir Path folder;

  @Test
  void theBarMovesStopWorksAndTensorBoardIsInline() throws IOException {
    Python.require("jupyterlab", "selenium", "nbformat", "tensorboard");
    Command.require("chromedriver");
    Path java = Path.of(System.getProperty("java.home"));
    Path pictures = Files.createDirectories(Path.of("target", "pictures"));
    Command.Run run =
        Command.run(
            Jupyter.kernel(folder, java, Runtime.version().feature()),
            MINUTES,
            Python.command(),
            "src/test/python/lab.py",
            folder.toString(),
            pictures.toString());
    assertThat(run.status()).as(run.output()).isZero();
    assertThat(run.output())
        .contains("first cell: the extension is there")
        .contains("bar moved")
        .contains("stopped at step")
        .contains("resumed and finished")
        .contains("TensorBoard inline: True True");
  }
}
