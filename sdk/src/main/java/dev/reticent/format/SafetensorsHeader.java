package dev.reticent.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.config.GitLfs;
import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads and checks the header of one safetensors file: 8 bytes of length, JSON, then the values.
 *
 * <p>Every offset is held against the shape, the neighbors and the size of the file before any
 * value is touched.
 */
final class SafetensorsHeader {
  private static final long LIMIT = 100_000_000;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  private final Path file;
  private final FileChannel channel;
  private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  private SafetensorsHeader(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  static SafetensorsHeader read(Path file, FileChannel channel) {
    SafetensorsHeader header = new SafetensorsHeader(file, channel);
    try {
      header.read();
    } catch (IOException e) {
      throw new UserInputException(file + ": cannot be read: " + e, e);
    }
    return header;
  }

  Map<String, StoredTensor> tensors() {
    return tensors;
  }

  Map<String, String> metadata() {
    return metadata;
  }

  private void read() throws IOException {
    long size = channel.size();
    if (size < 8) {
      throw problem("expected a safetensors file of at least 8 bytes, found " + size + ".");
    }
    long length = bytes(0, 8).getLong();
    GitLfs.refuse(file, bytes(0, (int) Math.min(size, GitLfs.START.length())).array());
    if (length < 2 || length > LIMIT) {
      throw problem(
          "not a safetensors file: a header of 2 to "
              + LIMIT
              + " bytes expected, found "
              + Long.toUnsignedString(length)
              + ".");
    }
    if (8 + length > size) {
      throw problem(
          "truncated: the header should end at byte "
              + (8 + length)
              + ", the file at "
              + size
              + ". Copy it again.");
    }
    long dataStart = 8 + length;
    List<Extent> extents = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : parse((int) length).properties()) {
      if (field.getKey().equals("__metadata__")) {
        field.getValue().properties().forEach(m -> metadata.put(m.getKey(), m.getValue().asText()));
      } else {
        extents.add(extent(field.getKey(), field.getValue(), dataStart, size));
      }
    }
    checkLayout(extents, size - dataStart);
  }

  private JsonNode parse(int length) throws IOException {
    byte[] text = new byte[length];
    bytes(8, length).get(text);
    try {
      JsonNode node = JSON.readTree(new String(text, StandardCharsets.UTF_8));
      if (!node.isObject()) {
        throw problem("the header is not a JSON object.");
      }
      return node;
    } catch (JsonProcessingException e) {
      throw problem("the header is damaged: " + e.getOriginalMessage() + ".");
    }
  }

  private Extent extent(String name, JsonNode node, long dataStart, long size) {
    Dtype dtype =
        Dtype.named(node.path("dtype").asText())
            .orElseThrow(
                () ->
                    problem(
                        "tensor "
                            + name
                            + ": expected a type of "
                            + Dtype.supported()
                            + ", found "
                            + node.path("dtype")
                            + "."));
    List<Long> shape = longs(name, "shape", node);
    List<Long> offsets = longs(name, "data_offsets", node);
    if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
      throw problem(
          "tensor " + name + ": data_offsets must be [start, end], found " + offsets + ".");
    }
    long bytes = offsets.get(1) - offsets.get(0);
    long expected = dtype.bytes();
    try {
      for (long dimension : shape) {
        expected = Math.multiplyExact(expected, dimension);
      }
    } catch (ArithmeticException e) {
      throw problem("tensor " + name + ": shape " + shape + " is too large.");
    }
    if (bytes != expected) {
      throw problem(
          "tensor "
              + name
              + ": "
              + dtype
              + shape
              + " needs "
              + expected
              + " bytes, data_offsets give "
              + bytes
              + ".");
    }
    if (offsets.get(1) > size - dataStart) {
      throw problem(
          "truncated: tensor "
              + name
              + " should end at byte "
              + (dataStart + offsets.get(1))
              + ", the file ends at "
              + size
              + ". Copy it again.");
    }
    tensors.put(
        name,
        new StoredTensor(file, channel, name, dtype, shape, dataStart + offsets.get(0), bytes));
    return new Extent(name, offsets.get(0), offsets.get(1));
  }

  private List<Long> longs(String name, String key, JsonNode node) {
    List<Long> values = new ArrayList<>();
    for (JsonNode value : node.path(key)) {
      if (!value.canConvertToLong() || !value.isIntegralNumber() || value.asLong() < 0) {
        throw problem("tensor " + name + ": " + key + " holds " + value + ".");
      }
      values.add(value.asLong());
    }
    if (!node.path(key).isArray()) {
      throw problem("tensor " + name + ": " + key + " is missing.");
    }
    return values;
  }

  private void checkLayout(List<Extent> extents, long dataSize) {
    extents.sort(Comparator.comparingLong(Extent::start).thenComparingLong(Extent::end));
    long end = 0;
    String before = "the header";
    for (Extent extent : extents) {
      if (extent.start() != end) {
        throw problem(
            "tensor "
                + extent.name()
                + " starts at data byte "
                + extent.start()
                + ", expected "
                + end
                + ", the end of "
                + before
                + ".");
      }
      end = extent.end();
      before = extent.name();
    }
    if (end != dataSize) {
      throw problem("expected " + end + " bytes of values, found " + dataSize + ".");
    }
  }

  private ByteBuffer bytes(long from, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, from + buffer.position()) < 0) {
        throw problem("truncated while it was read.");
      }
    }
    return buffer.flip();
  }

  private UserInputException problem(String message) {
    return new UserInputException(file + ": " + message);
  }

  private record Extent(String name, long start, long end) {}
}
