package dev.reticent.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.audit.RunVerification;
import dev.reticent.config.Config;
import dev.reticent.format.Dtype;
import dev.reticent.model.Golden;
import dev.reticent.run.FinetuneResult;
import dev.reticent.run.RunFolder;
import dev.reticent.run.TinyRun;
import dev.reticent.testing.Python;
import dev.reticent.training.Trainer;
import dev.reticent.weights.Quantization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code lora: null}: all weights of a tiny random Mistral. */
class FullFinetuneTest {
  private static final int[] IDS = {1, 45, 7, 103, 61, 8, 19, 2, 88, 5};

  @TempDir Path folder;

  /**
   * What model folders hold beside weights: some of it goes on, the rest is about other weights.
   */
  private static final List<String> KEPT =
      List.of(
          "generation_config.json",
          "added_tokens.json",
          "vocab.json",
          "merges.txt",
          "special_tokens_map.json",
          "chat_template.jinja",
          "chat_template.json",
          "processor_config.json",
          "preprocessor_config.json",
          "LICENSE",
          "NOTICE.txt",
          "USE_POLICY.md");

  private static final List<String> LEFT_OUT =
      List.of(
          "params.json",
          "pytorch_model.bin.index.json",
          "consolidated.safetensors.index.json",
          "modeling_tiny.py",
          "requirements.txt",
          "audit.json",
          ".gitattributes");

  private Config config() throws IOException {
    Path model = Files.createDirectory(folder.resolve("model"));
    try (Stream<Path> files = Files.list(Golden.folder("mistral-tiny"))) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(file.getFileName()));
      }
    }
    for (String name : Stream.concat(KEPT.stream(), LEFT_OUT.stream()).toList()) {
      if (!Files.exists(model.resolve(name))) {
        Files.writeString(
            model.resolve(name),
            name.endsWith("jinja") ? "{% for m in messages %}{{ m.content }}{% endfor %}" : "{}");
      }
    }
    return TinyRun.config(folder, 60)
        .with("foundation_model_name", model.toString())
        .withOverride("~lora")
        .with("learning_rate", 0.01)
        .with("max_steps", 4);
  }

  private static List<String> names(Path folder) throws IOException {
    return new RunFolder(folder).names();
  }

  private Path run() {
    return folder.resolve("run");
  }

  @Test
  void allWeightsLearnPrivatelyAndPythonLoadsWhatIsLeft() throws IOException {
    FinetuneResult result = TinyRun.run(config());
    assertThat(result.outcome()).isEqualTo(Trainer.Outcome.FINISHED);
    assertThat(result.epsilon()).isLessThanOrEqualTo(8.0).isGreaterThan(7.9);
    assertThat(result.lossAfter()).isLessThan(result.lossBefore());
    assertThat(Files.readAllLines(run().resolve("ledger.jsonl"))).hasSize(1 + 4);
    assertThat(run().resolve("adapter_model.safetensors")).doesNotExist();
    RunVerification verification = RunVerification.of(run(), Optional.empty());
    assertThat(verification.holds()).as(verification.toText()).isTrue();
    assertThat(names(run())).containsAll(KEPT).doesNotContainAnyElementsOf(LEFT_OUT);
    float[] ours = Inspection.of(run(), Optional.empty(), Quantization.NONE, IDS).lastLogits();

    Config sample =
        Config.empty()
            .with("checkpoint_path", run().toString())
            .with("max_new_tokens", 3)
            .with("prompts", List.of("number 3?"));
    assertThat(SampleRecipe.of(sample).answer(List.of("number 3?"))).hasSize(1);

    MergeRecipe.run(run(), Optional.empty(), folder.resolve("bf16"), Dtype.BF16);
    assertThat(names(folder.resolve("bf16")))
        .containsAll(KEPT)
        .doesNotContainAnyElementsOf(LEFT_OUT);
    float[] half =
        Inspection.of(folder.resolve("bf16"), Optional.empty(), Quantization.NONE, IDS)
            .lastLogits();
    for (int i = 0; i < ours.length; i++) {
      assertThat((double) half[i]).isCloseTo(ours[i], within(0.1));
    }

    Python.require("torch", "transformers", "peft");
    String ids = Arrays.stream(IDS).mapToObj(String::valueOf).collect(Collectors.joining(","));
    JsonNode python =
        new ObjectMapper().readTree(Python.run("peft_logits.py", run().toString(), "-", ids));
    for (int i = 0; i < ours.length; i++) {
      assertThat(python.get("logits_last").get(i).asDouble()).isCloseTo(ours[i], within(1e-4));
    }
  }

  @ParameterizedTest
  @CsvSource({"true, cpu, none, 0", "false, cpu, none, 0", "true, cpu:1 cpu:2, none, 3"})
  void aRunInTwoPartsIsTheRunInOneOnAnyDevices(
      boolean isPrivate, String devices, String offload, int stage) throws IOException {
    Config config = config().with("privacy.secure", false).with("physical_batch_size", 4);
    if (!isPrivate) {
      config = config.with("privacy.enabled", false).without("privacy.target_epsilon");
    }
    Path whole = folder.resolve("whole");
    TinyRun.run(config.with("saving_dir", whole.toString()));
    Config placed =
        config
            .with("devices", new ArrayList<>(List.of(devices.split(" "))))
            .with("offload", offload)
            .with("zero_stage", stage);
    TinyRun.runTo(placed, 2);
    TinyRun.run(placed);
    assertThat(Files.readAllBytes(run().resolve("model.safetensors")))
        .isEqualTo(Files.readAllBytes(whole.resolve("model.safetensors")));
  }
}
