package dev.reticent.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.config.UserInputException;
import dev.reticent.format.Safetensors;
import dev.reticent.format.SafetensorsWriter;
import dev.reticent.format.StoredTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The checkpoints of a run: {@code checkpoints/step-N} in its folder, each whole or not there.
 *
 * <p>A checkpoint is written beside its place, brought to disk with the SHA-256 of every file, and
 * then renamed. Whatever goes wrong before the rename, a full disk included, leaves the earlier
 * ones as they were; only after it are those beyond the last {@code keepLast} removed. One process
 * writes to a run's folder at a time.
 */
public final class CheckpointStore {
  private static final String TENSORS = "state.safetensors";
  private static final String STATE = "state.json";
  private static final Pattern STEP = Pattern.compile("step-(\\d{1,18})");
  private static final Pattern LEFT = Pattern.compile("\\.(step-\\d{1,18})\\.(?:part|old)");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final int keepLast;
  private final Consumer<String> notices;

  /** Writes further files into a checkpoint before it is sealed. */
  @FunctionalInterface
  public interface FilesWriter {
    void writeTo(Path folder) throws IOException;
  }

  /**
   * A store for the run in {@code runFolder}.
   *
   * @param keepLast how many checkpoints to keep, at least 1
   * @param notices receives one line for each damaged checkpoint that was passed over
   */
  public CheckpointStore(Path runFolder, int keepLast, Consumer<String> notices) {
    if (keepLast < 1) {
      throw new IllegalArgumentException("keepLast: expected at least 1, found " + keepLast);
    }
    this.folder = runFolder.resolve("checkpoints");
    this.keepLast = keepLast;
    this.notices = notices;
  }

  /** Clears away what a process left that was killed while it saved. */
  public void tidy() throws IOException {
    for (Path left : matching(LEFT)) {
      Disk.remove(left);
    }
  }

  /** Killed between two renames, a process leaves the checkpoint that it was about to replace. */
  private void putBackReplaced() throws IOException {
    for (Path left : matching(LEFT)) {
      String name = left.getFileName().toString();
      Path step = folder.resolve(name.replaceAll(LEFT.pattern(), "$1"));
      if (name.endsWith(".old") && !Files.exists(step)) {
        Files.move(left, step, StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  private List<Path> matching(Pattern name) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(entry -> name.matcher(entry.getFileName().toString()).matches())
          .toList();
    }
  }

  /**
   * Writes a checkpoint, replacing one of the same step, and returns its folder.
   *
   * @param more writes further files into it, such as the adapter
   * @throws IOException if it could not be written; the earlier checkpoints are then untouched
   */
  public Path save(Checkpoint checkpoint, FilesWriter more) throws IOException {
    Path target = folder.resolve("step-" + checkpoint.step());
    Path partial = folder.resolve(".step-" + checkpoint.step() + ".part");
    Path replaced = folder.resolve(".step-" + checkpoint.step() + ".old");
    try {
      Files.createDirectories(folder);
      Disk.remove(partial);
      Files.createDirectory(partial);
      write(checkpoint, partial);
      more.writeTo(partial);
      Manifest.write(partial, checkpoint.step());
      if (Files.exists(target)) {
        Disk.remove(replaced);
        Files.move(target, replaced, StandardCopyOption.ATOMIC_MOVE);
      }
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
      Disk.force(folder);
    } catch (IOException e) {
      undo(partial, replaced, target, e);
      throw new IOException(
          target
              + ": the checkpoint could not be written ("
              + e.getMessage()
              + "); earlier ones are untouched.",
          e);
    }
    Disk.remove(replaced);
    prune(checkpoint.step());
    return target;
  }

  private static void undo(Path partial, Path replaced, Path target, IOException cause) {
    try {
      if (Files.exists(replaced) && !Files.exists(target)) {
        Files.move(replaced, target, StandardCopyOption.ATOMIC_MOVE);
      }
      Disk.remove(partial);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private static void write(Checkpoint checkpoint, Path partial) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    checkpoint
        .floats()
        .forEach((name, v) -> writer.addFloats(name, List.of((long) v.length), v, 0));
    checkpoint.longs().forEach(writer::addLongs);
    checkpoint.bytes().forEach(writer::addBytes);
    writer.write(partial.resolve(TENSORS));
    Files.writeString(partial.resolve(STATE), checkpoint.state().toPrettyString() + "\n");
  }

  private void prune(long step) throws IOException {
    List<Long> upTo = steps().stream().filter(s -> s <= step).toList();
    for (long old : upTo.subList(0, Math.max(0, upTo.size() - keepLast))) {
      Disk.remove(folder.resolve("step-" + old));
    }
  }

  /** The steps of the checkpoints that are there, ascending; some may be damaged. */
  public List<Long> steps() throws IOException {
    List<Long> steps = new ArrayList<>();
    for (Path entry : matching(STEP)) {
      steps.add(Long.parseLong(entry.getFileName().toString().substring("step-".length())));
    }
    steps.sort(Comparator.naturalOrder());
    return steps;
  }

  /**
   * The newest intact checkpoint; empty if there never was one. Damaged ones are passed over with a
   * notice.
   *
   * @throws UserInputException if there are checkpoints and all are damaged: going on from the
   *     start would spend privacy budget twice, so the user decides
   */
  public Optional<Checkpoint> latestValid() throws IOException {
    putBackReplaced();
    List<Long> steps = steps();
    for (int i = steps.size() - 1; i >= 0; i--) {
      try {
        return Optional.of(read(folder.resolve("step-" + steps.get(i))));
      } catch (UserInputException e) {
        notices.accept(
            e.getMessage()
                + " Checkpoint step-"
                + steps.get(i)
                + " is passed over; trying the one before.");
      }
    }
    if (!steps.isEmpty()) {
      throw new UserInputException(
          folder
              + ": none of the "
              + steps.size()
              + " checkpoints is intact. Start a new run in another folder; what this one spent of"
              + " its privacy budget stays spent.");
    }
    return Optional.empty();
  }

  /**
   * Reads one checkpoint folder.
   *
   * @throws UserInputException if it is incomplete or damaged
   */
  public static Checkpoint read(Path checkpoint) {
    long step = Manifest.check(checkpoint);
    Map<String, float[]> floats = new HashMap<>();
    Map<String, long[]> longs = new HashMap<>();
    Map<String, byte[]> bytes = new HashMap<>();
    try (Safetensors tensors = Safetensors.openState(checkpoint.resolve(TENSORS))) {
      for (String name : tensors.names()) {
        StoredTensor tensor = tensors.tensor(name);
        switch (tensor.dtype()) {
          case F32 -> floats.put(name, tensor.floats());
          case I64 -> longs.put(name, longs(tensor));
          case U8 -> bytes.put(name, bytes(tensor));
          default ->
              throw new UserInputException(
                  tensor.file() + ": tensor " + name + ": unexpected type " + tensor.dtype() + ".");
        }
      }
    }
    return new Checkpoint(step, floats, longs, bytes, state(checkpoint.resolve(STATE)));
  }

  private static ObjectNode state(Path file) {
    try {
      JsonNode state = JSON.readTree(Files.readAllBytes(file));
      if (state instanceof ObjectNode object) {
        return object;
      }
      throw new UserInputException(file + ": expected a JSON object.");
    } catch (IOException e) {
      throw new UserInputException(file + ": cannot be read: " + e, e);
    }
  }

  private static long[] longs(StoredTensor tensor) {
    long[] values = new long[Math.toIntExact(tensor.elements())];
    tensor.buffer().asLongBuffer().get(values);
    return values;
  }

  private static byte[] bytes(StoredTensor tensor) {
    byte[] values = new byte[Math.toIntExact(tensor.elements())];
    tensor.buffer().get(values);
    return values;
  }
}
