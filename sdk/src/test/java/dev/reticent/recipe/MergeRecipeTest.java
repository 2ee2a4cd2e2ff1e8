package dev.reticent.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.config.UserInputException;
import dev.reticent.format.Dtype;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.AdapterLayout;
import dev.reticent.lora.LoraSpec;
import dev.reticent.lora.PeftFolder;
import dev.reticent.model.Golden;
import dev.reticent.run.Progress;
import dev.reticent.testing.Python;
import dev.reticent.weights.Quantization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MergeRecipeTest {
  private static final int[] IDS = {1, 45, 7, 103, 61, 8, 19, 2, 88, 5};
  private static final long ONE_FILE = Long.MAX_VALUE;
  private static final Progress UNTOLD = (what, done, total) -> {};

  @TempDir Path folder;

  private Path adapter(String model, String targets) throws IOException {
    ModelConfig config = ModelConfig.read(Golden.folder(model));
    AdapterLayout layout =
        AdapterLayout.of(config, LoraSpec.of(3, 12, List.of(targets.split(" "))));
    Adapter adapter = Adapter.initial(layout, 1);
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < adapter.values().length; i++) {
      adapter.values()[i] = (float) (0.1 * random.nextGaussian());
    }
    PeftFolder.write(folder.resolve("run"), adapter, Golden.folder(model).toString());
    Files.writeString(folder.resolve("run").resolve("privacy.txt"), "promised");
    return folder.resolve("run");
  }

  private static float[] logits(Path model, Optional<Path> adapter) {
    return Inspection.of(model, adapter, Quantization.NONE, IDS).lastLogits();
  }

  /** A model, its adapter's modules, and what merging them in a type may cost a logit. */
  private record Merge(String model, Dtype dtype, double tolerance, String targets) {

    /** In several files. */
    void into(Path out, Path run) throws IOException {
      MergeRecipe.merge(Golden.folder(model), run, out, dtype, 40_000, UNTOLD);
    }

    @Override
    public String toString() {
      return model + "-" + dtype;
    }
  }

  static List<Merge> merges() {
    return List.of(
        new Merge(
            "mistral-tiny",
            Dtype.F32,
            1e-4,
            "q_proj k_proj v_proj o_proj gate_proj up_proj down_proj lm_head"),
        new Merge("mistral-tiny", Dtype.BF16, 0.1, "q_proj v_proj down_proj"),
        new Merge("mistral-fp16", Dtype.F16, 0.02, "q_proj v_proj down_proj"),
        new Merge("phi3", Dtype.F32, 1e-4, "qkv_proj o_proj gate_up_proj down_proj"),
        new Merge("llama-tiny-tied", Dtype.F32, 1e-4, "q_proj lm_head"),
        new Merge("llama-bf16-shards", Dtype.F32, 1e-4, "o_proj up_proj"));
  }

  /** The adapter beside its base, and merged into it: the same. */
  @ParameterizedTest
  @MethodSource("merges")
  void aMergedModelComputesWhatBaseAndAdapterDo(Merge merge) throws IOException {
    Path run = adapter(merge.model(), merge.targets());
    Path base = Golden.folder(merge.model());
    Path merged = folder.resolve("merged");
    merge.into(merged, run);
    assertThat(merged.resolve("model.safetensors.index.json")).isRegularFile();
    assertThat(merged.resolve("privacy.txt")).hasContent("promised");
    float[] expected = logits(base, Optional.of(run));
    float[] found = logits(merged, Optional.empty());
    float[] bare = logits(base, Optional.empty());
    double moved = 0;
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) found[i]).isCloseTo(expected[i], within(merge.tolerance()));
      moved = Math.max(moved, Math.abs(expected[i] - bare[i]));
    }
    assertThat(moved).as("what the adapter changes").isGreaterThan(3 * merge.tolerance());
  }

  /** All in one Python, which takes longer to start than to compute. */
  @Test
  void pythonReadsWhatWasMergedAndComputesTheSame() throws IOException {
    Python.require("torch", "transformers");
    Path merged = Files.createDirectory(folder.resolve("merged"));
    Map<String, float[]> found = new TreeMap<>();
    for (Merge merge : merges()) {
      Path out = merged.resolve(merge.toString());
      merge.into(out, adapter(merge.model(), merge.targets()));
      found.put(merge.toString(), logits(out, Optional.empty()));
    }
    String ids = Arrays.stream(IDS).mapToObj(String::valueOf).collect(Collectors.joining(","));
    JsonNode python =
        new ObjectMapper().readTree(Python.run("family_logits.py", merged.toString(), ids));
    assertThat(python).hasSameSizeAs(merges());
    found.forEach(
        (name, logits) -> {
          for (int i = 0; i < logits.length; i++) {
            assertThat(python.get(name).get(i).asDouble())
                .as("%s, token %d", name, i)
                .isCloseTo(logits[i], within(1e-4));
          }
        });
  }

  @Test
  void smallModelsAreOneFileAndNothingIsLeftBeside() throws IOException {
    Path run = adapter("mistral-tiny", "q_proj");
    // What a process leaves that was killed while it wrote more files.
    Path half = Files.createDirectories(folder.resolve(".out.part"));
    String shard = "model-00002-of-00002.safetensors";
    Files.writeString(half.resolve(shard), "half");
    MergeRecipe.merge(
        Golden.folder("mistral-tiny"), run, folder.resolve("out"), Dtype.BF16, ONE_FILE, UNTOLD);
    assertThat(folder.resolve("out").resolve("model.safetensors")).isRegularFile();
    assertThat(folder.resolve("out").resolve(shard)).doesNotExist();
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(p -> p.getFileName().toString())).containsOnly("run", "out");
    }
  }

  @Test
  void howManyTensorsAreWrittenIsToldAfterEachInSeveralFilesToo() throws IOException {
    Path run = adapter("llama-bf16-shards", "o_proj");
    List<Integer> left = new ArrayList<>();
    MergeRecipe.merge(
        Golden.folder("llama-bf16-shards"),
        run,
        folder.resolve("out"),
        Dtype.F32,
        40_000,
        (what, done, total) -> left.add(total - done));
    List<Integer> down =
        IntStream.range(0, left.size()).map(i -> left.size() - 1 - i).boxed().toList();
    assertThat(left).hasSizeGreaterThan(10).isEqualTo(down);
  }

  @Test
  void whatIsThereIsNotOverwritten() throws IOException {
    Path run = adapter("mistral-tiny", "q_proj");
    Path out = Files.createDirectory(folder.resolve("out"));
    assertThatThrownBy(
            () -> MergeRecipe.run(run, Optional.of(Golden.folder("mistral-tiny")), out, Dtype.BF16))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("is there already");
    assertThatThrownBy(
            () -> MergeRecipe.run(run, Optional.empty(), folder.resolve("other"), Dtype.BF16))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("--base");
  }

  @Test
  void aWeightTooLargeForHalfPrecisionIsNamedAndNothingIsLeft() throws IOException {
    Path run = adapter("mistral-tiny", "q_proj");
    ModelConfig config = ModelConfig.read(Golden.folder("mistral-tiny"));
    Adapter adapter = PeftFolder.read(run, config);
    Arrays.fill(adapter.values(), 300f);
    PeftFolder.write(run, adapter, "base");
    assertThatThrownBy(
            () ->
                MergeRecipe.merge(
                    Golden.folder("mistral-tiny"),
                    run,
                    folder.resolve("out"),
                    Dtype.F16,
                    ONE_FILE,
                    UNTOLD))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("q_proj.weight")
        .hasMessageContaining("too large for fp16");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(p -> p.getFileName().toString())).containsOnly("run");
    }
  }
}
