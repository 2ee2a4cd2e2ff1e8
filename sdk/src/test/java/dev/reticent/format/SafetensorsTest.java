package dev.reticent.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.config.UserInputException;
import dev.reticent.model.Golden;
import dev.reticent.weights.TensorNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @MethodSource("dev.reticent.model.Golden#names")
  void everyGoldenCheckpointHasTheTensorsItsConfigAsksFor(String name) {
    ModelConfig config = ModelConfig.read(Golden.folder(name));
    try (Safetensors weights = Safetensors.open(Golden.folder(name))) {
      new TensorNames(config).check(weights);
    }
  }

  @Test
  void whatIsWrittenIsReadBackWithNameTypeShapeAndValues() throws IOException {
    Path file = folder.resolve("a.safetensors");
    new SafetensorsWriter()
        .metadata("who", "a test")
        .addBytes("bytes", new byte[] {1, -2, 3})
        .addFloats("floats", List.of(2L, 3L), new float[] {9, 1, 2, 3, 4, 5, 6, 9}, 1)
        .addLongs("longs", new long[] {Long.MIN_VALUE, 7})
        .addFloats("none", List.of(0L), new float[0], 0)
        .write(file);
    try (Safetensors read = Safetensors.open(file)) {
      assertThat(read.names()).containsExactlyInAnyOrder("bytes", "floats", "longs", "none");
      assertThat(read.metadata()).containsEntry("format", "pt").containsEntry("who", "a test");
      StoredTensor floats = read.tensor("floats");
      assertThat(floats.dtype()).isEqualTo(Dtype.F32);
      assertThat(floats.shape()).containsExactly(2L, 3L);
      assertThat(floats.floats()).containsExactly(1, 2, 3, 4, 5, 6);
      assertThat(floats.buffer(4, 8).getFloat()).isEqualTo(2f);
      assertThat(read.tensor("longs").buffer().getLong(8)).isEqualTo(7);
      assertThat(read.tensor("bytes").buffer().get(1)).isEqualTo((byte) -2);
      assertThat(read.tensor("none").floats()).isEmpty();
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void aFailedWriteLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = folder.resolve("a.safetensors");
    Files.writeString(file, "old");
    SafetensorsWriter writer =
        new SafetensorsWriter()
            .add(
                "t",
                Dtype.F32,
                List.of(4L),
                channel -> {
                  throw new IOException("no space left on device");
                });
    assertThatThrownBy(() -> writer.write(file)).hasMessageContaining("no space left");
    assertThat(file).hasContent("old");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  static Stream<Arguments> damaged() {
    String good = entry("t", "F32", "[2]", 0, 8);
    return Stream.of(
        Arguments.of("{" + good + "}", 4, "truncated: tensor t should end at byte"),
        Arguments.of("{" + good + "}", 12, "expected 8 bytes of values, found 12"),
        Arguments.of("{" + entry("t", "F32", "[3]", 0, 8) + "}", 8, "needs 12 bytes"),
        Arguments.of("{" + entry("t", "F99", "[2]", 0, 8) + "}", 8, "found \"F99\""),
        Arguments.of("{" + entry("t", "F32", "[-2]", 0, 8) + "}", 8, "shape holds -2"),
        Arguments.of("{" + entry("t", "F32", "[2]", 8, 0) + "}", 8, "[start, end], found [8, 0]"),
        Arguments.of(
            "{" + entry("t", "F32", "[4611686018427387904, 4]", 0, 8) + "}", 8, "too large"),
        Arguments.of("{" + good + "," + good + "}", 8, "Duplicate field 't'"),
        Arguments.of(
            "{" + good + "," + entry("u", "F32", "[2]", 4, 12) + "}",
            12,
            "tensor u starts at data byte 4, expected 8, the end of t"),
        Arguments.of("{" + entry("t", "F32", "[2]", 8, 16) + "}", 16, "expected 0"),
        Arguments.of("{\"t\": 3}", 0, "tensor t"),
        Arguments.of("[1, 2]", 0, "not a JSON object"),
        Arguments.of("{\"t\": ", 0, "header is damaged"));
  }

  @ParameterizedTest
  @MethodSource("damaged")
  void aDamagedFileIsRefusedWithItsNameAndTheReason(String header, int bytes, String message)
      throws IOException {
    Path file = folder.resolve("bad.safetensors");
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    Files.write(
        file,
        ByteBuffer.allocate(8 + text.length + bytes)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(text.length)
            .put(text)
            .array());
    assertThatThrownBy(() -> Safetensors.open(file))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(message);
  }

  @Test
  void aHeaderLongerThanTheFileOrAnyHeaderIsRefused() throws IOException {
    Path file = folder.resolve("bad.safetensors");
    Files.write(file, new byte[] {100, 0, 0, 0, 0, 0, 0, 0, '{', '}'});
    assertThatThrownBy(() -> Safetensors.open(file)).hasMessageContaining("end at byte 108");
    Files.write(file, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, '{', '}'});
    assertThatThrownBy(() -> Safetensors.open(file)).hasMessageContaining("18446744073709551615");
    Files.write(file, new byte[3]);
    assertThatThrownBy(() -> Safetensors.open(file)).hasMessageContaining("found 3");
  }

  @Test
  void shardsAreFoundThroughTheIndexAndMissingOnesNamed() throws IOException {
    new SafetensorsWriter()
        .addFloats("a", List.of(1L), new float[] {1}, 0)
        .write(folder.resolve("one.safetensors"));
    new SafetensorsWriter()
        .addFloats("b", List.of(1L), new float[] {2}, 0)
        .write(folder.resolve("two.safetensors"));
    index("\"a\": \"one.safetensors\", \"b\": \"two.safetensors\"");
    try (Safetensors read = Safetensors.open(folder)) {
      assertThat(read.tensor("b").floats()).containsExactly(2);
      assertThat(read.tensor("a").file()).hasFileName("one.safetensors");
    }
    index("\"a\": \"one.safetensors\", \"c\": \"two.safetensors\"");
    assertThatThrownBy(() -> Safetensors.open(folder))
        .hasMessageContaining("two.safetensors: tensor c is missing");
    index("\"a\": \"one.safetensors\", \"c\": \"three.safetensors\"");
    assertThatThrownBy(() -> Safetensors.open(folder))
        .hasMessageContaining("names files that are not here: three.safetensors");
    index("\"a\": \"../one.safetensors\"");
    assertThatThrownBy(() -> Safetensors.open(folder)).hasMessageContaining("in the same folder");
  }

  @Test
  void aFolderWithoutWeightsIsRefused() {
    assertThatThrownBy(() -> Safetensors.open(folder))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("no model.safetensors");
  }

  @Test
  void allMissingAndWrongTensorsAreReportedAtOnce() throws IOException {
    ModelConfig config = ModelConfig.read(Golden.folder("mistral-tiny"));
    new SafetensorsWriter()
        .addFloats("model.norm.weight", List.of(3L), new float[3], 0)
        .addBytes("lm_head.weight", new byte[7])
        .write(folder.resolve("model.safetensors"));
    try (Safetensors weights = Safetensors.open(folder)) {
      assertThatThrownBy(() -> new TensorNames(config).check(weights))
          .isInstanceOf(UserInputException.class)
          .hasMessageContaining("model.norm.weight: expected shape [64], found [3]")
          .hasMessageContaining(
              "lm_head.weight: expected type F64, F32, F16, BF16 or F8_E4M3, found U8")
          .hasMessageContaining("model.layers.2.mlp.down_proj.weight: missing, expected shape [64");
    }
  }

  private void index(String map) throws IOException {
    Files.writeString(
        folder.resolve("model.safetensors.index.json"), "{\"weight_map\": {" + map + "}}");
  }

  private static String entry(String name, String type, String shape, int from, int to) {
    return "\"%s\": {\"dtype\": \"%s\", \"shape\": %s, \"data_offsets\": [%d, %d]}"
        .formatted(name, type, shape, from, to);
  }
}
