package dev.reticent.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.DataClass;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.SessionLog;
import org.tensorflow.proto.Summary;

/** What the writer writes, read back with TensorFlow's own message classes. */
class SummaryWriterTest {

  @TempDir Path folder;

  private List<Path> files() throws IOException {
    try (Stream<Path> list = Files.list(folder)) {
      return list.sorted().toList();
    }
  }

  static List<Event> events(Path file) throws IOException {
    java.nio.ByteBuffer bytes =
        java.nio.ByteBuffer.wrap(Files.readAllBytes(file)).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    List<Event> events = new ArrayList<>();
    while (bytes.hasRemaining()) {
      byte[] data = new byte[(int) bytes.getLong()];
      bytes.getInt();
      bytes.get(data);
      int crc = bytes.getInt();
      java.util.zip.CRC32C plain = new java.util.zip.CRC32C();
      plain.update(data);
      int c = (int) plain.getValue();
      assertThat(crc).isEqualTo(Integer.rotateRight(c, 15) + 0xa282ead8);
      events.add(Event.parseFrom(data));
    }
    return events;
  }

  @Test
  void scalarsCarryMetadataOnTheFirstEventOnly() throws IOException {
    try (SummaryWriter writer = SummaryWriter.open(folder)) {
      writer.describe("train/loss", "loss", "not covered by ε");
      writer.scalar("train/loss", 1, 2.5);
      writer.scalar("train/loss", 2, 2.25);
      writer.text("run/config", 0, "*hello*");
    }
    List<Event> events = events(files().get(0));
    assertThat(events.get(0).getFileVersion()).isEqualTo("brain.Event:2");
    assertThat(events.get(1).getSessionLog().getStatus()).isEqualTo(SessionLog.SessionStatus.START);
    Summary.Value first = events.get(2).getSummary().getValue(0);
    assertThat(first.getSimpleValue()).isEqualTo(2.5f);
    assertThat(first.getMetadata().getPluginData().getPluginName()).isEqualTo("scalars");
    assertThat(first.getMetadata().getDataClass()).isEqualTo(DataClass.DATA_CLASS_SCALAR);
    assertThat(first.getMetadata().getSummaryDescription()).isEqualTo("not covered by ε");
    assertThat(events.get(3).getSummary().getValue(0).hasMetadata()).isFalse();
    assertThat(events.get(3).getStep()).isEqualTo(2);
    Summary.Value text = events.get(4).getSummary().getValue(0);
    assertThat(text.getTensor().getStringVal(0).toStringUtf8()).isEqualTo("*hello*");
  }

  @Test
  void aLaterWriterSortsBehindAndSaysWhereItBegins() throws IOException {
    SummaryWriter.open(folder).close();
    try (SummaryWriter writer = SummaryWriter.open(folder)) {
      writer.scalar("a", 1, 1);
    }
    try (SummaryWriter writer = SummaryWriter.open(folder, 7, 0)) {
      writer.scalar("a", 7, 2);
    }
    assertThat(files()).hasSize(2);
    List<Event> later = events(files().get(1));
    assertThat(later.get(1).getStep()).isEqualTo(7);
    assertThat(later.get(2).getSummary().getValue(0).hasMetadata()).isTrue();
  }

  @Test
  void aFolderThatCannotBeWrittenIsReportedAndNothingFails() throws IOException {
    Path blocked = Files.writeString(folder.resolve("file"), "in the way");
    try (SummaryWriter writer = SummaryWriter.open(blocked, 0, 0)) {
      writer.scalar("a", 1, 1);
      assertThat(writer.errors()).isEqualTo(1);
      assertThat(writer.problem().orElseThrow()).contains("file");
    }
  }

  /** When values were handed to the disk must not be seen where times are made up from steps. */
  @Test
  void withTimesFromStepsTheBytesAreTheSameWheneverValuesWereFlushed(@TempDir Path own)
      throws IOException {
    List<byte[]> files = new ArrayList<>();
    for (boolean flushed : List.of(false, true)) {
      Path run = own.resolve("run" + flushed);
      try (SummaryWriter writer =
          SummaryWriter.builder(run).times(step -> 1e9 + step).flushSeconds(3600).open()) {
        writer.hparams("run", Map.of("rate", 0.5));
        for (int step = 1; step <= 3; step++) {
          writer.scalar("train/loss", step, 1.0 / step);
          if (flushed) {
            writer.flush();
          }
        }
        writer.hparamsEnd(true);
      }
      try (Stream<Path> list = Files.list(run)) {
        files.add(Files.readAllBytes(list.findFirst().orElseThrow()));
      }
    }
    assertThat(files.get(0)).isEqualTo(files.get(1));
  }
}
