package dev.reticent.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.Event;

/** Disks that fail for a while or for good; an interrupted thread's writes are such a failure. */
class FailingDiskTest {

  @TempDir Path folder;

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> list = Files.list(folder)) {
      return list.filter(file -> file.toString().contains("tfevents")).sorted().toList();
    }
  }

  private static List<Long> steps(Path folder) throws IOException {
    List<Long> steps = new ArrayList<>();
    for (Path file : files(folder)) {
      for (Event event : SummaryWriterTest.events(file)) {
        if (event.hasSummary()) {
          steps.add(event.getStep());
        }
      }
    }
    return steps;
  }

  /** A channel refuses to write for an interrupted thread, and is closed by it. */
  private static void failingly(Runnable write) {
    Thread.currentThread().interrupt();
    write.run();
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void aMirrorGetsTheLastRecordsOfAFileThatWasGivenUp() throws IOException {
    Path local = folder.resolve("local");
    Path remote = folder.resolve("remote");
    try (SummaryWriter writer = SummaryWriter.builder(local).mirror(remote, 3600).open()) {
      writer.scalar("a", 1, 1);
      writer.flush();
      writer.scalar("a", 2, 2);
      failingly(writer::flush);
      assertThat(writer.errors()).isEqualTo(1);
      writer.scalar("a", 3, 3);
    }
    assertThat(steps(local)).containsExactly(1L, 2L, 3L);
    assertThat(steps(remote)).containsExactly(1L, 2L, 3L);
  }

  @Test
  void aDiskThatFailsIsLeftAloneForAWhileAndNoEmptyFilesPileUp() throws IOException {
    try (SummaryWriter writer = SummaryWriter.open(folder.resolve("run"), 0, 0)) {
      writer.scalar("a", 0, 0);
      failingly(() -> writer.scalar("a", 1, 1));
      for (int step = 2; step < 500; step++) {
        int at = step;
        failingly(() -> writer.scalar("a", at, at));
      }
      assertThat(writer.errors()).isLessThan(20);
      assertThat(files(folder.resolve("run"))).hasSize(1);
    }
    assertThat(steps(folder.resolve("run"))).hasSize(500);
  }

  @Test
  void aFullDiskFailsNoCallAndEveryRecordIsCounted() throws IOException {
    Path full = Path.of("/dev/full");
    org.junit.jupiter.api.Assumptions.assumeTrue(Files.exists(full), "needs /dev/full");
    SummaryWriter writer = SummaryWriter.open(full.resolve("run"), 0, 0);
    assertThatCode(
            () -> {
              writer.scalar("a", 1, 1);
              writer.flush();
              writer.close();
            })
        .doesNotThrowAnyException();
    assertThat(writer.problem().orElseThrow()).contains("/dev/full").contains("1 values");
  }

  @Test
  void aFolderThatCannotBeListedFailsNoCall() throws IOException {
    Path run = folder.resolve("run");
    Path loop = folder.resolve("loop");
    Files.createSymbolicLink(loop, loop);
    try (SummaryWriter writer = SummaryWriter.builder(run).mirror(loop, 0).flushSeconds(0).open()) {
      assertThatCode(() -> writer.scalar("a", 1, 1)).doesNotThrowAnyException();
    }
    assertThat(steps(run)).containsExactly(1L);
  }

  @Test
  void waitsGrowAndEndWithTheFirstSuccess() {
    Backoff backoff = new Backoff();
    assertThat(backoff.over()).isTrue();
    backoff.failed();
    assertThat(backoff.over()).isFalse();
    backoff.succeeded();
    assertThat(backoff.over()).isTrue();
  }
}
