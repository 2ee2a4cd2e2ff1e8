package dev.reticent.format;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Writes a model's weights as Hugging Face does: {@code model.safetensors}, or several files of a
 * bounded size and {@code model.safetensors.index.json}. One tensor is in memory at a time.
 */
final class ShardedWriter {
  private static final int PART = 1 << 16;

  private final List<Entry> entries = new ArrayList<>();
  private final TensorsWritten listener;
  private int written;

  ShardedWriter(TensorsWritten listener) {
    this.listener = listener;
  }

  private record Entry(String name, Dtype dtype, List<Long> shape, List<Supplier<float[]>> values) {
    long bytes() {
      return new TensorSpec(name, shape).elements() * dtype.bytes();
    }
  }

  /**
   * Adds a tensor whose values are produced, part by part, when the file is written.
   *
   * @param dtype F32, F16 or BF16
   */
  void add(String name, Dtype dtype, List<Long> shape, List<Supplier<float[]>> values) {
    entries.add(new Entry(name, dtype, List.copyOf(shape), List.copyOf(values)));
  }

  /**
   * Writes all files.
   *
   * @param shardBytes a file holds no more than this, or one tensor
   * @throws UserInputException when a value is too large for its type
   */
  void write(Path folder, long shardBytes) throws IOException {
    List<List<Entry>> shards = shards(shardBytes);
    if (shards.size() == 1) {
      write(shards.get(0), folder.resolve("model.safetensors"));
      return;
    }
    ObjectNode index = new ObjectMapper().createObjectNode();
    index.putObject("metadata").put("total_size", entries.stream().mapToLong(Entry::bytes).sum());
    ObjectNode map = index.putObject("weight_map");
    for (int i = 0; i < shards.size(); i++) {
      String name = "model-%05d-of-%05d.safetensors".formatted(i + 1, shards.size());
      write(shards.get(i), folder.resolve(name));
      shards.get(i).forEach(entry -> map.put(entry.name(), name));
    }
    Files.writeString(
        folder.resolve("model.safetensors.index.json"), index.toPrettyString() + "\n");
  }

  private List<List<Entry>> shards(long shardBytes) {
    List<List<Entry>> shards = new ArrayList<>();
    long room = 0;
    for (Entry entry : entries) {
      if (shards.isEmpty() || entry.bytes() > room) {
        shards.add(new ArrayList<>());
        room = shardBytes;
      }
      shards.get(shards.size() - 1).add(entry);
      room -= entry.bytes();
    }
    return shards;
  }

  private void write(List<Entry> shard, Path file) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (Entry e : shard) {
      writer.add(e.name(), e.dtype(), e.shape(), out -> write(out, e));
    }
    writer.write(file);
  }

  private void write(WritableByteChannel out, Entry entry) throws IOException {
    for (Supplier<float[]> part : entry.values()) {
      write(out, entry.name(), entry.dtype(), part.get());
    }
    listener.written(++written, entries.size());
  }

  private static void write(WritableByteChannel out, String name, Dtype dtype, float[] values)
      throws IOException {
    ByteBuffer part = ByteBuffer.allocate(4 * PART).order(ByteOrder.LITTLE_ENDIAN);
    for (int done = 0; done < values.length; done += PART) {
      part.clear();
      for (int i = done; i < Math.min(values.length, done + PART); i++) {
        put(part, name, dtype, values[i]);
      }
      part.flip();
      while (part.hasRemaining()) {
        out.write(part);
      }
    }
  }

  private static void put(ByteBuffer part, String name, Dtype dtype, float value) {
    switch (dtype) {
      case F32 -> part.putFloat(value);
      case BF16 -> part.putShort(Floats.toBfloat(value));
      case F16 -> {
        short half = Floats.toHalf(value);
        if (Float.isInfinite(Floats.fromHalf(half)) && !Float.isInfinite(value)) {
          throw new UserInputException(
              name + ": holds " + value + ", too large for fp16; take bf16 or fp32.");
        }
        part.putShort(half);
      }
      default -> throw new IllegalArgumentException(name + ": not a type of weights: " + dtype);
    }
  }
}
