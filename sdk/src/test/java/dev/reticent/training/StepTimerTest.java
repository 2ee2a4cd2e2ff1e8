package dev.reticent.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.lora.LoraSpec;
import dev.reticent.model.Golden;
import dev.reticent.testing.Scratch;
import dev.reticent.weights.DecoderOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What {@code plan} says of a step's time. {@link #main} holds it against whole models. */
class StepTimerTest {

  private static StepTimer timer(ModelConfig model) {
    return new StepTimer(
        model,
        List.of(ComputeDevice.CPU),
        DecoderOptions.standard(),
        Optional.of(LoraSpec.of(4, 8, Projection.targets(model))));
  }

  @Test
  void layersThatDifferAreKindsOfTheirOwn() {
    assertThat(ModelConfig.read(Golden.folder("qwen3")).kinds()).isEqualTo(Map.of(0, 2));
    assertThat(ModelConfig.read(Golden.family("qwen3_next")).kinds()).isEqualTo(Map.of(0, 1, 1, 1));
    assertThat(ModelConfig.read(Golden.family("gemma4-small")).kinds()).hasSize(4);
  }

  /** The adapters of a hybrid are of modules that its first layers do not have. */
  @Test
  void aModelWhoseFirstLayersLackWhatLaterOnesHaveIsTimedToo() {
    assertThat(timer(ModelConfig.read(Golden.family("qwen3_next"))).seconds(1, 4, true))
        .isPositive();
  }

  private static final Map<String, String> SHAPES =
      Map.of(
          "llama, 12 layers",
          "'model_type': 'llama', 'num_hidden_layers': 12",
          "qwen3_next, 9 delta rules and 3 attentions, 8 experts",
          "'model_type': 'qwen3_next', 'num_hidden_layers': 12, 'head_dim': 64,"
              + " 'linear_num_key_heads': 4, 'linear_num_value_heads': 8,"
              + " 'linear_key_head_dim': 32, 'linear_value_head_dim': 32, 'num_experts': 8,"
              + " 'num_experts_per_tok': 2, 'moe_intermediate_size': 128,"
              + " 'shared_expert_intermediate_size': 128",
          "qwen3_moe, 16 experts, 3 of 12 layers dense",
          "'model_type': 'qwen3_moe', 'num_hidden_layers': 12, 'num_experts': 16,"
              + " 'num_experts_per_tok': 4, 'moe_intermediate_size': 128, 'head_dim': 64,"
              + " 'mlp_only_layers': [0, 1, 2]",
          "gemma4, 12 layers, the last 4 on keys of others",
          "'model_type': 'gemma4_text', 'num_hidden_layers': 12, 'head_dim': 64,"
              + " 'global_head_dim': 128, 'num_kv_shared_layers': 4, 'use_double_wide_mlp': true,"
              + " 'hidden_size_per_layer_input': 32, 'vocab_size_per_layer_input': 1000");

  /** What is said beside what whole models take, on this machine, now. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Scratch.folder("timer");
    for (Map.Entry<String, String> shape : SHAPES.entrySet()) {
      String config =
          "{'vocab_size': 1000, 'hidden_size': 256, 'intermediate_size': 512,"
              + " 'num_attention_heads': 8, 'num_key_value_heads': 4, "
              + shape.getValue()
              + "}";
      Files.writeString(folder.resolve("config.json"), config.replace('\'', '"'));
      StepTimer timer = timer(ModelConfig.read(folder));
      double all = timer.secondsOfAll(2, 128, true);
      double said = timer.seconds(2, 128, true);
      all = (all + timer.secondsOfAll(2, 128, true)) / 2;
      System.out.printf(
          Locale.ROOT,
          "%s: said %.2f s, whole %.2f s, ratio %.2f%n",
          shape.getKey(),
          said,
          all,
          said / all);
    }
  }
}
