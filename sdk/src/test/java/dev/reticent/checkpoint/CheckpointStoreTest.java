package dev.reticent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.TinyDisk;
import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointStoreTest {
  private static final CheckpointStore.FilesWriter NOTHING_MORE = folder -> {};

  @TempDir Path run;
  private final List<String> notices = new ArrayList<>();

  @Test
  void whatIsSavedComesBackBitForBit() throws IOException {
    ObjectNode state = new ObjectMapper().createObjectNode();
    state.put("ledger", "abc").putObject("schedule").put("rate", 1e-3);
    float[] weights = {1.5f, -0f, Float.MIN_VALUE, Float.NaN, Float.NEGATIVE_INFINITY};
    Checkpoint saved =
        new Checkpoint(
            7,
            Map.of("weights", weights, "empty", new float[0]),
            Map.of("position", new long[] {Long.MAX_VALUE, -1}),
            Map.of("generator", new byte[] {1, -1, 0}),
            state);
    Path folder = store(3).save(saved, f -> Files.writeString(f.resolve("extra.txt"), "more"));
    assertThat(folder.resolve("extra.txt")).hasContent("more");
    Checkpoint read = store(3).latestValid().orElseThrow();
    assertThat(read.step()).isEqualTo(7);
    assertThat(read.floats().get("weights")).isEqualTo(weights);
    assertThat(read.floats().get("empty")).isEmpty();
    assertThat(read.longs().get("position")).containsExactly(Long.MAX_VALUE, -1);
    assertThat(read.bytes().get("generator")).containsExactly(1, -1, 0);
    assertThat(read.state()).isEqualTo(state);
    assertThat(notices).isEmpty();
  }

  @Test
  void onlyTheLastOnesAreKept() throws IOException {
    for (long step : new long[] {5, 10, 15, 100}) {
      store(2).save(checkpoint(step), NOTHING_MORE);
    }
    assertThat(store(2).steps()).containsExactly(15L, 100L);
    assertThat(names()).containsExactlyInAnyOrder("step-15", "step-100");
  }

  @ParameterizedTest
  @ValueSource(strings = {"state.safetensors", "state.json", "manifest.json", "more/extra.bin"})
  void aDamagedFileMakesTheStoreFallBackToTheOneBefore(String name) throws IOException {
    CheckpointStore.FilesWriter more =
        folder -> {
          Files.createDirectory(folder.resolve("more"));
          Files.write(folder.resolve("more/extra.bin"), new byte[1000]);
        };
    store(3).save(checkpoint(1), more);
    Path newest = store(3).save(checkpoint(2), more);
    Path file = newest.resolve(name);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    assertThat(store(3).latestValid().orElseThrow().step()).isEqualTo(1);
    assertThat(notices).hasSize(1);
    assertThat(notices.get(0)).contains("step-2", "passed over");
    Files.write(file, Arrays.copyOf(bytes, 20)); // cut short
    assertThat(store(3).latestValid().orElseThrow().step()).isEqualTo(1);
    Files.delete(file);
    assertThat(store(3).latestValid().orElseThrow().step()).isEqualTo(1);
    assertThat(notices).hasSize(3);
  }

  @Test
  void whenAllAreDamagedTheUserDecides() throws IOException {
    Path only = store(3).save(checkpoint(1), NOTHING_MORE);
    Files.writeString(only.resolve("state.json"), "{}");
    assertThatThrownBy(() -> store(3).latestValid())
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("none of the 1 checkpoints is intact");
  }

  @Test
  void whereNothingWasSavedThereIsNothingToResume() throws IOException {
    assertThat(store(1).latestValid()).isEmpty();
    Files.createDirectories(run.resolve("checkpoints/.step-3.part"));
    Files.createDirectories(run.resolve("checkpoints/step-x"));
    assertThat(store(1).latestValid()).isEmpty();
  }

  @Test
  void aWriteThatFailsHalfWayLosesNothingAndLeavesNothing() throws IOException {
    store(1).save(checkpoint(1), NOTHING_MORE);
    CheckpointStore.FilesWriter full =
        folder -> {
          Files.write(folder.resolve("half"), new byte[10]);
          throw new IOException("No space left on device");
        };
    for (long step : new long[] {1, 2}) { // a new one, and the replacement of one that is there
      assertThatThrownBy(() -> store(1).save(checkpoint(step), full))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("step-" + step)
          .hasMessageContaining("No space left on device")
          .hasMessageContaining("untouched");
    }
    assertThat(names()).containsExactly("step-1");
    assertThat(store(1).latestValid().orElseThrow().step()).isEqualTo(1);
  }

  /**
   * On a real disk without room: what was there stays, and the next one fits once there is room.
   */
  @Test
  void aFullDiskLosesNothing() throws IOException {
    try (TinyDisk disk = TinyDisk.mount(run.resolve("disk"), 64)) {
      CheckpointStore store = new CheckpointStore(disk.folder(), 2, notices::add);
      store.save(checkpoint(1), NOTHING_MORE);
      Path filler = disk.folder().resolve("filler");
      Files.write(filler, new byte[48 << 10]);
      for (long step : new long[] {1, 2}) {
        assertThatThrownBy(() -> store.save(checkpoint(step), NOTHING_MORE))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("No space left")
            .hasMessageContaining("untouched");
      }
      assertThat(store.latestValid().orElseThrow().step()).isEqualTo(1);
      assertThat(notices).isEmpty();
      Files.delete(filler);
      store.save(checkpoint(2), NOTHING_MORE);
      assertThat(store.latestValid().orElseThrow().step()).isEqualTo(2);
    }
  }

  @Test
  void aReadOnlyDiskLosesNothing() throws IOException {
    try (TinyDisk disk = TinyDisk.mount(run.resolve("disk"), 256)) {
      CheckpointStore store = new CheckpointStore(disk.folder(), 2, notices::add);
      store.save(checkpoint(1), NOTHING_MORE);
      disk.makeReadOnly();
      assertThatThrownBy(() -> store.save(checkpoint(2), NOTHING_MORE))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Read-only file system");
      assertThat(store.latestValid().orElseThrow().step()).isEqualTo(1);
    }
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamed() throws IOException {
    Files.writeString(run.resolve("checkpoints"), "a file in the way");
    assertThatThrownBy(() -> store(1).save(checkpoint(1), NOTHING_MORE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("checkpoints");
  }

  @Test
  void aCheckpointOfTheSameStepIsReplacedAndLeftoversAreCleared() throws IOException {
    store(2).save(checkpoint(4), NOTHING_MORE);
    Files.createDirectories(run.resolve("checkpoints/.step-4.part/rest"));
    Checkpoint other =
        new Checkpoint(
            4,
            Map.of("w", new float[] {9}),
            Map.of(),
            Map.of(),
            new ObjectMapper().createObjectNode());
    store(2).save(other, NOTHING_MORE);
    assertThat(store(2).latestValid().orElseThrow().floats().get("w")).containsExactly(9);
    assertThat(names()).containsExactly("step-4");
  }

  /** Each moment of {@link CheckpointStore#save} at which a process can be killed. */
  @Test
  void whatAKilledProcessLeftIsClearedAndTheCheckpointItWasReplacingIsNotLost() throws IOException {
    store(2).save(checkpoint(4), NOTHING_MORE);
    Files.createDirectories(run.resolve("checkpoints/.step-5.part/rest"));
    Files.move(run.resolve("checkpoints/step-4"), run.resolve("checkpoints/.step-4.old"));
    assertThat(store(2).latestValid().orElseThrow().step()).isEqualTo(4);
    Files.createDirectories(run.resolve("checkpoints/.step-4.old"));
    store(2).tidy();
    assertThat(names()).containsExactly("step-4");
    assertThat(store(2).latestValid().orElseThrow().step()).isEqualTo(4);
  }

  @Test
  void aNameStandsForOneArrayOnly() {
    assertThatThrownBy(
            () ->
                new Checkpoint(
                    1,
                    Map.of("a", new float[1]),
                    Map.of("a", new long[1]),
                    Map.of(),
                    new ObjectMapper().createObjectNode()))
        .hasMessageContaining("two arrays");
  }

  private CheckpointStore store(int keepLast) {
    return new CheckpointStore(run, keepLast, notices::add);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(run.resolve("checkpoints"))) {
      return entries.map(p -> p.getFileName().toString()).toList();
    }
  }

  private static Checkpoint checkpoint(long step) {
    ObjectNode state = new ObjectMapper().createObjectNode();
    state.put("at", step);
    return new Checkpoint(step, Map.of("w", new float[500]), Map.of(), Map.of(), state);
  }
}
