package dev.reticent.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.config.Config;
import dev.reticent.privacy.disclosure.LogTag;
import dev.reticent.testing.Python;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLogsTest {
  @TempDir Path folder;

  /** TensorBoard drops earlier events from the step on that a session says it begins with. */
  @Test
  void aRunThatIsResumedTwiceShowsEveryStepOnce() throws IOException {
    Config config =
        TinyRun.config(folder, 60).with("save_every_n_grad_steps", 1).with("max_steps", 6);
    TinyRun.runTo(config, 2);
    TinyRun.runTo(config, 5);
    TinyRun.run(config);
    List<Long> shown = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.resolve("run").resolve("tensorboard/run"))) {
      for (Path file : files.sorted().toList()) {
        for (byte[] event : events(Files.readAllBytes(file))) {
          long step = step(event);
          String text = new String(event, StandardCharsets.ISO_8859_1);
          if (isSessionStart(event)) {
            shown.removeIf(earlier -> earlier >= step);
          } else if (text.contains("train/learning_rate") && !text.contains("custom_scalars")) {
            shown.add(step);
          }
        }
      }
    }
    assertThat(shown).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
  }

  /** Asks the real TensorBoard over HTTP. */
  @Test
  void theReleaseRunHasSettingsAndChartsAndItsFirstTagsAreThosePeopleLookFor() throws IOException {
    Python.require("tensorboard");
    TinyRun.run(TinyRun.config(folder, 60).with("dataset.evaluation", "public"));
    String shown =
        Python.run(
            "../../../../tensorboard/src/test/python/read_back.py",
            folder.resolve("run").resolve("tensorboard").toString(),
            "fast",
            "--hparams");
    assertThat(shown)
        .contains("\"epsilon_budget\": 8.0", "\"lora_rank\": 4.0", "\"steps\": 6.0")
        .contains("STATUS_SUCCESS")
        .contains("chart Loss Loss multiline", "chart Privacy spent Privacy spent multiline")
        .containsPattern("metrics eval/loss privacy/epsilon .*train/learning_rate")
        .doesNotContain("train/loss ", "usage/", "loss_not_private");
    List<String> groups =
        shown
            .lines()
            .filter(line -> line.startsWith("scalar run "))
            .map(line -> line.split(" ")[2].split("/")[0])
            .distinct()
            .toList();
    assertThat(groups).containsExactly("eval", "privacy", "train", "tuning");
  }

  @Test
  void groupsOfTagsSortInTheOrderInWhichPeopleLook() {
    List<String> groups =
        Stream.of(LogTag.values())
            .filter(tag -> tag.compareTo(LogTag.CONFIG) < 0)
            .map(tag -> tag.place().split("/")[0])
            .distinct()
            .toList();
    assertThat(groups).containsExactly("eval", "privacy", "train", "tuning", "usage").isSorted();
  }

  /** The records of an event file: a length, its checksum, the bytes, their checksum. */
  private static List<byte[]> events(byte[] file) {
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    List<byte[]> events = new ArrayList<>();
    while (in.remaining() > 12) {
      byte[] event = new byte[(int) in.getLong()];
      in.getInt();
      in.get(event).getInt();
      events.add(event);
    }
    return events;
  }

  /** Field 2 of an event, a varint behind the nine bytes of the wall time. */
  private static long step(byte[] event) {
    if (event.length < 11 || event[9] != 0x10) {
      return 0;
    }
    long step = 0;
    for (int i = 10, shift = 0; ; i++, shift += 7) {
      step |= (long) (event[i] & 0x7F) << shift;
      if (event[i] >= 0) {
        return step;
      }
    }
  }

  /** Field 7 of an event, with status 1. */
  private static boolean isSessionStart(byte[] event) {
    int end = event.length;
    return end > 4
        && event[end - 4] == 0x3A
        && event[end - 3] == 2
        && event[end - 2] == 0x08
        && event[end - 1] == 1;
  }
}
