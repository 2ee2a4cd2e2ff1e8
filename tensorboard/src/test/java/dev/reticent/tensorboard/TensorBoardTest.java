package dev.reticent.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.testing.Python;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the real TensorBoard shows of a run, with both of its loaders, asked over HTTP. */
class TensorBoardTest {

  @TempDir Path logs;

  static byte[] png(int width, int height) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "png", out);
    return out.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"fast", "slow"})
  void everyKindIsShownAlsoAfterATornTailAndARestart(String loader) throws IOException {
    Python.require("tensorboard");
    Path run = logs.resolve("release");
    try (SummaryWriter writer = SummaryWriter.open(run)) {
      writer.describe("privacy/epsilon", "ε", "spent so far");
      for (int step = 1; step <= 19; step++) {
        writer.scalar("privacy/epsilon", step, 0.1 * step);
      }
      writer.text("run/config", 0, "*hello*");
      writer.table("samples", 0, List.of(List.of("question", "answer"), List.of("one?", "two")));
      writer.histogram("norms", 1, new double[] {1, 2, 3, 4});
      writer.image("plot", 1, png(7, 5));
      writer.hparams("a", Map.of("sigma", 1.5, "model", "tiny", "private", true));
      writer.hparamsEnd(true);
      writer.layout(
          new Layout(
              List.of(
                  new Layout.Category(
                      "Privacy",
                      List.of(
                          new Layout.MultiLine("budget", List.of("privacy/epsilon")),
                          new Layout.Margin("band", "p50", "p10", "p90"))))));
    }
    try (Stream<Path> files = Files.list(run)) {
      Files.write(
          files.findFirst().orElseThrow(), new byte[] {30, 0, 0}, StandardOpenOption.APPEND);
    }
    try (SummaryWriter writer = SummaryWriter.open(run, 11, 5)) {
      for (int step = 11; step <= 30; step++) {
        writer.scalar("privacy/epsilon", step, step);
      }
    }
    assertThat(Python.run("read_back.py", logs.toString(), loader, "--hparams"))
        .contains("scalar release privacy/epsilon 1 30 30 30.0 ε")
        .contains("text release run/config ")
        .contains("<em>hello</em>")
        .contains("<td><p>two</p></td>")
        .containsPattern("histogram release norms 1 \\d+ 4")
        .contains("image release plot 7 5 PNG")
        .contains("chart Privacy budget multiline", "chart Privacy band margin")
        .contains("metrics privacy/epsilon")
        .contains("\"sigma\": 1.5", "\"model\": \"tiny\"", "STATUS_SUCCESS");
  }
}
