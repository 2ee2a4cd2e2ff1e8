package dev.reticent.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.DataClass;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.Summary;

/** Every kind, decoded with TensorFlow's own message classes; and what happens to the files. */
class EveryKindTest {

  @TempDir Path folder;

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> list = Files.list(folder)) {
      return list.filter(file -> file.toString().contains("tfevents")).sorted().toList();
    }
  }

  private Summary.Value only() throws IOException {
    List<Event> events = SummaryWriterTest.events(files(folder).get(0));
    assertThat(events).hasSize(3);
    return events.get(2).getSummary().getValue(0);
  }

  @Test
  void aTableIsAStringMatrix() throws IOException {
    try (SummaryWriter writer = SummaryWriter.open(folder)) {
      writer.table("t", 3, List.of(List.of("a", "b", "c"), List.of("d", "e", "ü")));
    }
    Summary.Value value = only();
    assertThat(value.getTensor().getDtype()).isEqualTo(DataType.DT_STRING);
    assertThat(value.getTensor().getTensorShape().getDim(0).getSize()).isEqualTo(2);
    assertThat(value.getTensor().getTensorShape().getDim(1).getSize()).isEqualTo(3);
    assertThat(value.getTensor().getStringVal(5).toStringUtf8()).isEqualTo("ü");
    assertThat(value.getMetadata().getDataClass()).isEqualTo(DataClass.DATA_CLASS_TENSOR);
  }

  @Test
  void aHistogramCountsEveryFiniteValueOnce() throws IOException {
    try (SummaryWriter writer = SummaryWriter.open(folder)) {
      writer.histogram("h", 1, new double[] {0, 1, 2, 3, Double.NaN, Double.POSITIVE_INFINITY});
    }
    Summary.Value value = only();
    assertThat(value.getTensor().getDtype()).isEqualTo(DataType.DT_DOUBLE);
    java.nio.DoubleBuffer rows =
        value
            .getTensor()
            .getTensorContent()
            .asReadOnlyByteBuffer()
            .order(ByteOrder.LITTLE_ENDIAN)
            .asDoubleBuffer();
    assertThat(rows.remaining()).isEqualTo(90);
    double count = 0;
    for (int row = 0; row < 30; row++) {
      count += rows.get(3 * row + 2);
    }
    assertThat(count).isEqualTo(4);
    assertThat(rows.get(0)).isEqualTo(0);
    assertThat(rows.get(88)).isEqualTo(3);
  }

  @Test
  void anImageCarriesItsSize() throws IOException {
    try (SummaryWriter writer = SummaryWriter.open(folder)) {
      writer.image("i", 1, TensorBoardTest.png(300, 5));
      assertThatThrownBy(() -> writer.image("i", 2, new byte[30]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("PNG");
    }
    Summary.Value value = only();
    assertThat(value.getTensor().getStringVal(0).toStringUtf8()).isEqualTo("300");
    assertThat(value.getTensor().getStringVal(1).toStringUtf8()).isEqualTo("5");
    assertThat(value.getMetadata().getDataClass()).isEqualTo(DataClass.DATA_CLASS_BLOB_SEQUENCE);
  }

  @Test
  void settingsSitInThePluginsContent() throws IOException {
    try (SummaryWriter writer = SummaryWriter.open(folder)) {
      writer.hparams("g", Map.of("sigma", 1.5));
    }
    Summary.Value value = only();
    assertThat(value.getTag()).isEqualTo("_hparams_/session_start_info");
    assertThat(value.getMetadata().getPluginData().getPluginName()).isEqualTo("hparams");
    assertThat(value.getMetadata().getPluginData().getContent().isEmpty()).isFalse();
  }

  @Test
  void aTagHoldsOneKind() {
    try (SummaryWriter writer = SummaryWriter.open(folder)) {
      writer.scalar("a", 1, 1);
      assertThatThrownBy(() -> writer.text("a", 1, "b"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("the tag a holds scalars");
    }
  }

  @Test
  void aMirrorHoldsTheSameBytesAndLaterFilesSortBehindIt() throws IOException {
    Path remote = folder.resolve("remote");
    Path local = folder.resolve("local");
    try (SummaryWriter writer = SummaryWriter.builder(local).mirror(remote, 0).open()) {
      writer.scalar("a", 1, 1);
    }
    Path first = files(remote).get(0);
    assertThat(first).hasSameBinaryContentAs(files(local).get(0));
    Path fresh = folder.resolve("fresh");
    try (SummaryWriter writer = SummaryWriter.builder(fresh).mirror(remote, 0).open()) {
      writer.scalar("a", 2, 1);
    }
    assertThat(files(remote)).hasSize(2);
    assertThat(files(remote).get(0)).isEqualTo(first);
    try (Stream<Path> all = Files.list(remote)) {
      assertThat(all).hasSize(2);
    }
  }

  @Test
  void valuesOfAFailedWriteAreWrittenOnceTheFolderIsThere() throws IOException {
    Path blocked = Files.writeString(folder.resolve("run"), "in the way");
    try (SummaryWriter writer = SummaryWriter.open(blocked, 0, 0)) {
      writer.scalar("a", 1, 1);
      Files.delete(blocked);
      writer.scalar("a", 2, 2);
      assertThat(writer.errors()).isEqualTo(1);
    }
    List<Event> events = SummaryWriterTest.events(files(blocked).get(0));
    assertThat(events).hasSize(4);
    assertThat(events.get(2).getSummary().getValue(0).hasMetadata()).isTrue();
  }

  @Test
  void aValueReachesTheFileWithoutFurtherCalls() throws Exception {
    try (SummaryWriter writer = SummaryWriter.open(folder, 0, 0.05)) {
      writer.scalar("a", 1, 1);
      long end = System.nanoTime() + 20_000_000_000L;
      while (files(folder).isEmpty() && System.nanoTime() < end) {
        Thread.sleep(20);
      }
      assertThat(files(folder)).hasSize(1);
    }
  }

  @Test
  void manyThreadsLoseNothingAndAMillionScalarsTakeSeconds() throws Exception {
    long start = System.nanoTime();
    try (SummaryWriter writer = SummaryWriter.open(folder)) {
      List<Thread> threads =
          Stream.of("a", "b", "c", "d").map(tag -> new Thread(() -> log(writer, tag))).toList();
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
    }
    double seconds = (System.nanoTime() - start) * 1e-9;
    System.out.printf("TensorBoard: %.2f million scalars/s, cold%n", 1 / seconds);
    assertThat(SummaryWriterTest.events(files(folder).get(0))).hasSize(1_000_002);
    assertThat(seconds).isLessThan(20);
  }

  private static void log(SummaryWriter writer, String tag) {
    for (int step = 0; step < 250_000; step++) {
      writer.scalar(tag, step, step);
    }
  }
}
