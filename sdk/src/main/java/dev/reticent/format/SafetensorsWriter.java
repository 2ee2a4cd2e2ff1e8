package dev.reticent.format;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes one safetensors file, tensor by tensor, so that only one needs to be in memory.
 *
 * <p>The file appears under its name only when complete and on disk: until then it has a temporary
 * name beside it, and after a failure there is nothing. Tensors are ordered by element size,
 * largest first, so that each is aligned; those of one size keep the order in which they were
 * added.
 */
public final class SafetensorsWriter {
  private static final int PART = 1 << 16;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, String> metadata = new TreeMap<>();

  public SafetensorsWriter() {
    metadata.put("format", "pt"); // the Python loaders insist on it
  }

  /** Writes the values of one tensor, little endian, when its turn comes. */
  @FunctionalInterface
  public interface Content {
    void writeTo(WritableByteChannel channel) throws IOException;
  }

  private record Entry(String name, Dtype dtype, List<Long> shape, long bytes, Content content) {}

  /** Adds a free-text entry to the header. */
  public SafetensorsWriter metadata(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  /** Adds a tensor whose values are produced when the file is written. */
  public SafetensorsWriter add(String name, Dtype dtype, List<Long> shape, Content content) {
    if (entries.stream().anyMatch(e -> e.name().equals(name)) || name.equals("__metadata__")) {
      throw new IllegalArgumentException("tensor name taken: " + name);
    }
    long bytes = Math.multiplyExact(new TensorSpec(name, shape).elements(), dtype.bytes());
    entries.add(new Entry(name, dtype, List.copyOf(shape), bytes, content));
    return this;
  }

  /** Adds {@code values} from {@code offset} on, as many as the shape asks for, as F32. */
  public SafetensorsWriter addFloats(String name, List<Long> shape, float[] values, int offset) {
    int count = Math.toIntExact(new TensorSpec(name, shape).elements());
    if (offset < 0 || offset + count > values.length) {
      throw new IllegalArgumentException(
          name + ": " + shape + " from " + offset + " of " + values.length + " values");
    }
    return add(name, Dtype.F32, shape, channel -> writeFloats(channel, values, offset, count));
  }

  /** Adds raw bytes as U8. */
  public SafetensorsWriter addBytes(String name, byte[] values) {
    List<Long> shape = List.of((long) values.length);
    return add(name, Dtype.U8, shape, channel -> writeAll(channel, ByteBuffer.wrap(values)));
  }

  /** Adds whole numbers as I64. */
  public SafetensorsWriter addLongs(String name, long[] values) {
    ByteBuffer buffer =
        ByteBuffer.allocate(Math.multiplyExact(8, values.length)).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asLongBuffer().put(values);
    return add(
        name,
        Dtype.I64,
        List.of((long) values.length),
        channel -> writeAll(channel, buffer.duplicate()));
  }

  /**
   * Writes the file and moves it into place.
   *
   * @throws IOException if the disk refuses; the target is then as it was before
   */
  public void write(Path target) throws IOException {
    Path partial = target.resolveSibling("." + target.getFileName() + ".part");
    try {
      try (FileChannel channel =
          FileChannel.open(
              partial,
              StandardOpenOption.WRITE,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING)) {
        writeTo(channel);
        channel.force(true);
      }
      Files.move(
          partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  private void writeTo(FileChannel channel) throws IOException {
    List<Entry> ordered = new ArrayList<>(entries);
    ordered.sort(Comparator.comparingInt((Entry e) -> e.dtype().bytes()).reversed());
    byte[] header = header(ordered);
    ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    writeAll(channel, length.putLong(header.length).flip());
    writeAll(channel, ByteBuffer.wrap(header));
    for (Entry entry : ordered) {
      long start = channel.position();
      entry.content().writeTo(channel);
      long written = channel.position() - start;
      if (written != entry.bytes()) {
        throw new IOException(
            entry.name() + ": " + entry.bytes() + " bytes announced, " + written + " written");
      }
    }
  }

  private byte[] header(List<Entry> ordered) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    ObjectNode free = root.putObject("__metadata__");
    metadata.forEach(free::put);
    long offset = 0;
    for (Entry entry : ordered) {
      ObjectNode node = root.putObject(entry.name());
      node.put("dtype", entry.dtype().name());
      entry.shape().forEach(node.putArray("shape")::add);
      node.putArray("data_offsets").add(offset).add(offset += entry.bytes());
    }
    byte[] text = JSON.writeValueAsBytes(root);
    byte[] padded = new byte[(text.length + 7) / 8 * 8];
    Arrays.fill(padded, (byte) ' ');
    System.arraycopy(text, 0, padded, 0, text.length);
    return padded;
  }

  private static void writeFloats(
      WritableByteChannel channel, float[] values, int offset, int count) throws IOException {
    ByteBuffer part = ByteBuffer.allocate(4 * PART).order(ByteOrder.LITTLE_ENDIAN);
    for (int done = 0; done < count; done += PART) {
      int n = Math.min(PART, count - done);
      part.clear().limit(4 * n);
      part.asFloatBuffer().put(values, offset + done, n);
      writeAll(channel, part);
    }
  }

  private static void writeAll(WritableByteChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }
}
