package dev.reticent.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.TinyDisk;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.config.UserInputException;
import dev.reticent.format.Safetensors;
import dev.reticent.format.SafetensorsWriter;
import dev.reticent.format.TensorSpec;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import dev.reticent.model.DecoderGroup;
import dev.reticent.model.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeightCacheTest {
  private static final int[] IDS = {1, 45, 7, 103, 61, 8, 19, 2, 88, 5};
  private static final Path MODEL = Golden.folder("mistral-tiny");

  @TempDir Path folder;
  private final List<String> notices = new ArrayList<>();

  private float[] logits(Path model, Quantization quantization, WeightCache cache) {
    DecoderOptions options = DecoderOptions.standard().with(quantization);
    try (DecoderGroup group =
        DecoderGroup.load(
            model, List.of(options.device()), options, Placement.REPLICATED, cache, notices::add)) {
      Decoder decoder = group.decoders().get(0);
      try (AdapterTensors none = AdapterTensors.none(decoder.config(), decoder.device())) {
        return decoder.logits(IDS, none);
      }
    }
  }

  private WeightCache cache(Path where) {
    return new WeightCache(where, 0, notices::add);
  }

  private static List<Path> entries(Path where) throws IOException {
    try (Stream<Path> all = Files.list(where)) {
      return all.filter(Files::isDirectory).toList();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"INT8", "NF4"})
  void keptWeightsAreTheOnesThatAreMadeInMemory(Quantization kind) throws IOException {
    float[] expected = logits(MODEL, kind, WeightCache.none());
    assertThat(logits(MODEL, kind, cache(folder))).isEqualTo(expected);
    Path file = entries(folder).get(0).resolve("weights.safetensors");
    FileTime written = Files.getLastModifiedTime(file);
    assertThat(logits(MODEL, kind, cache(folder))).isEqualTo(expected);
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(written);
    assertThat(entries(folder)).hasSize(1);
    assertThat(notices).isEmpty();
  }

  /** All parts of a kept matrix together: codes, scales and scales of scales. */
  @Test
  void aKeptWeightCostsAtMostFourPointTwoBits() throws IOException {
    logits(MODEL, Quantization.NF4, cache(folder));
    ModelConfig config = ModelConfig.read(MODEL);
    long weights = 0;
    long bytes = 0;
    try (Safetensors kept =
        Safetensors.open(entries(folder).get(0).resolve("weights.safetensors"))) {
      for (int layer = 0; layer < config.layers(); layer++) {
        for (Projection projection : Projection.of(config)) {
          TensorSpec spec = new TensorNames(config).weight(layer, projection);
          weights += spec.elements();
          bytes += kept.tensor(spec.name()).bytes();
        }
      }
    }
    // These matrices are so small that each one's offset and last, unfilled group count.
    assertThat(8.0 * bytes / weights).isBetween(4.0, 4.2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"flipped", "short", "no checksum"})
  void aDamagedEntryIsMadeAnewAndSaidToBe(String damage) throws IOException {
    float[] expected = logits(MODEL, Quantization.NF4, cache(folder));
    Path entry = entries(folder).get(0);
    Path file = entry.resolve("weights.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    switch (damage) {
      case "flipped" -> {
        byte[] changed = bytes.clone();
        changed[bytes.length - 3] ^= 16;
        Files.write(file, changed);
      }
      case "short" -> Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
      default -> Files.delete(entry.resolve("weights.sha256"));
    }
    assertThat(logits(MODEL, Quantization.NF4, cache(folder))).isEqualTo(expected);
    assertThat(notices).hasSize(1);
    assertThat(notices.get(0)).contains("damaged", "made anew", entry.toString());
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
  }

  @Test
  void anotherModelInTheSamePlaceHasAnEntryOfItsOwn() throws IOException {
    Path model = Files.createDirectory(folder.resolve("model"));
    Path kept = folder.resolve("kept");
    for (String name : new String[] {"config.json", "model.safetensors"}) {
      Files.copy(MODEL.resolve(name), model.resolve(name));
    }
    float[] before = logits(model, Quantization.NF4, cache(kept));
    Path weights = model.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    for (int i = bytes.length - 40_000; i < bytes.length; i += 4) {
      bytes[i + 1] ^= 0x55; // low bits of fp32 values, in the last matrices of the file
    }
    Files.write(weights, bytes);
    Files.setLastModifiedTime(weights, FileTime.fromMillis(1_000_000_000_000L));
    float[] after = logits(model, Quantization.NF4, cache(kept));
    assertThat(after).isEqualTo(logits(model, Quantization.NF4, WeightCache.none()));
    assertThat(after).isNotEqualTo(before);
    assertThat(entries(kept)).hasSize(2);
  }

  @Test
  void aPlaceThatCannotBeUsedCostsTheEntryOnly() throws IOException {
    float[] expected = logits(MODEL, Quantization.NF4, WeightCache.none());
    Path file = Files.writeString(folder.resolve("file"), "in the way");
    assertThat(logits(MODEL, Quantization.NF4, cache(file))).isEqualTo(expected);
    assertThat(notices).hasSize(1);
    assertThat(notices.get(0)).contains("cannot be kept", "quantization.cache_dir");
  }

  @Test
  void aFullDiskCostsTheEntryOnlyAndLeavesNothingThere() throws IOException {
    float[] expected = logits(MODEL, Quantization.NF4, WeightCache.none());
    try (TinyDisk disk = TinyDisk.mount(folder.resolve("disk"), 16)) {
      assertThat(logits(MODEL, Quantization.NF4, cache(disk.folder()))).isEqualTo(expected);
      assertThat(entries(disk.folder())).isEmpty();
      assertThat(notices).hasSize(1);
      assertThat(notices.get(0)).contains("cannot be kept", "No space left");
    }
  }

  @Test
  void aReadOnlyDiskCostsTheEntryOnlyAndWhatIsKeptThereIsUsed() throws IOException {
    float[] expected = logits(MODEL, Quantization.NF4, WeightCache.none());
    try (TinyDisk disk = TinyDisk.mount(folder.resolve("disk"), 4096)) {
      logits(MODEL, Quantization.INT8, cache(disk.folder()));
      disk.makeReadOnly();
      assertThat(logits(MODEL, Quantization.NF4, cache(disk.folder()))).isEqualTo(expected);
      assertThat(notices).hasSize(1);
      assertThat(notices.get(0)).contains("Read-only file system");
      logits(MODEL, Quantization.INT8, cache(disk.folder()));
      assertThat(notices).hasSize(1);
    }
  }

  @Test
  void aMatrixThatFourBitsCannotHoldIsNamed() throws IOException {
    Path model = Files.createDirectory(folder.resolve("odd"));
    Files.copy(MODEL.resolve("config.json"), model.resolve("config.json"));
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.addFloats("w", List.of(3L, 10L), new float[30], 0).write(model.resolve("w.safetensors"));
    try (Safetensors files = Safetensors.open(model.resolve("w.safetensors"))) {
      assertThatThrownBy(() -> QuantizedBytes.of(Quantization.NF4, files.tensor("w"), 1))
          .isInstanceOf(UserInputException.class)
          .hasMessageContaining("load_in_4bit: w in ")
          .hasMessageContaining("3 x 10");
    }
  }
}
