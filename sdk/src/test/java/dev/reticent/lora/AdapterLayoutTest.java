package dev.reticent.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.config.UserInputException;
import dev.reticent.model.Golden;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AdapterLayoutTest {
  private static final ModelConfig MISTRAL = ModelConfig.read(Golden.folder("mistral-tiny"));
  private static final ModelConfig PHI = ModelConfig.read(Golden.folder("phi3"));

  @Test
  void slotsFollowLayersAndModulesWithoutGapsWhateverTheOrderOfTargets() {
    AdapterLayout layout =
        AdapterLayout.of(
            MISTRAL, LoraSpec.of(4, 8, List.of("lm_head", "down_proj", "k_proj", "q_proj")));
    assertThat(layout.slots().stream().map(AdapterSlot::path).limit(4))
        .containsExactly(
            "model.layers.0.self_attn.q_proj",
            "model.layers.0.self_attn.k_proj",
            "model.layers.0.mlp.down_proj",
            "model.layers.1.self_attn.q_proj");
    AdapterSlot head = layout.slots().get(9);
    assertThat(head.projection()).isEqualTo(Projection.HEAD);
    assertThat(head.path()).isEqualTo("lm_head");
    assertThat(head.layer()).isEqualTo(3);
    int end = 0;
    for (AdapterSlot slot : layout.slots()) {
      assertThat(slot.startA()).isEqualTo(end);
      assertThat(slot.startB()).isEqualTo(slot.startA() + 4 * slot.in());
      end = slot.startB() + 4 * slot.out();
      assertThat(slot.end()).isEqualTo(end);
    }
    assertThat(layout.size()).isEqualTo(end);
    assertThat(layout.layer(1)).hasSize(3);
  }

  @Test
  void fusedProjectionsAreAdaptedWhole() {
    AdapterLayout layout =
        AdapterLayout.of(PHI, LoraSpec.of(2, 2, List.of("qkv_proj", "gate_up_proj")));
    assertThat(layout.slots().get(0).out()).isEqualTo(64);
    assertThat(layout.slots().get(1).out()).isEqualTo(112);
    assertThatThrownBy(() -> AdapterLayout.of(PHI, LoraSpec.of(2, 2, List.of("q_proj"))))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("\"q_proj\"")
        .hasMessageContaining("qkv_proj, o_proj, gate_up_proj, down_proj, lm_head");
  }

  @Test
  void patternsSetRankAndScaleOfTheModulesTheyMatch() {
    LoraSpec spec =
        new LoraSpec(
            4,
            8,
            List.of("q_proj", "down_proj"),
            true,
            List.of(),
            Map.of("layers.1.mlp.down_proj", 9, "q_proj", 16, "roj", 99),
            Map.of(".*\\.2\\.self_attn\\.q_proj", 4.0),
            0,
            false);
    List<AdapterSlot> slots = AdapterLayout.of(MISTRAL, spec).slots();
    assertThat(slots.stream().map(AdapterSlot::rank)).containsExactly(16, 4, 16, 9, 16, 4);
    assertThat(slots.stream().map(AdapterSlot::scale))
        .containsExactly(2.0, 4.0, 2.0, 8.0 / 3, 1.0, 4.0);
  }

  @Test
  void onlyTheLayersAskedForAreAdapted() {
    LoraSpec spec =
        new LoraSpec(4, 8, List.of("v_proj"), false, List.of(0, 2), Map.of(), Map.of(), 0, false);
    assertThat(AdapterLayout.of(MISTRAL, spec).slots().stream().map(AdapterSlot::layer))
        .containsExactly(0, 2);
    LoraSpec beyond =
        new LoraSpec(4, 8, List.of("v_proj"), false, List.of(3), Map.of(), Map.of(), 0, false);
    assertThatThrownBy(() -> AdapterLayout.of(MISTRAL, beyond))
        .hasMessageContaining("layers 0 to 2");
  }

  @Test
  void aFreshAdapterHasUniformAAndZeroBAndDependsOnItsSeedOnly() {
    AdapterLayout layout = AdapterLayout.of(MISTRAL, LoraSpec.of(64, 8, List.of("q_proj")));
    float[] values = Adapter.initial(layout, 7).values();
    assertThat(values).isEqualTo(Adapter.initial(layout, 7).values());
    assertThat(values).isNotEqualTo(Adapter.initial(layout, 8).values());
    AdapterSlot slot = layout.slots().get(1);
    double[] a =
        IntStream.range(slot.startA(), slot.startB()).mapToDouble(i -> values[i]).toArray();
    double bound = 1 / Math.sqrt(64);
    assertThat(Arrays.stream(a)).allMatch(x -> Math.abs(x) <= bound);
    double square = 0;
    for (double x : a) {
      square += x * x / a.length;
    }
    // a uniform variable on ±b has variance b²/3; 4096 draws
    assertThat(square).isBetween(0.95 * bound * bound / 3, 1.05 * bound * bound / 3);
    assertThat(IntStream.range(slot.startB(), slot.end())).allMatch(i -> values[i] == 0);
  }

  @Test
  void aSpecificationThatCannotBeIsRefused() {
    assertThatThrownBy(() -> LoraSpec.of(0, 8, List.of("q_proj"))).hasMessageContaining("found 0");
    assertThatThrownBy(() -> LoraSpec.of(1, 0, List.of("q_proj"))).hasMessageContaining("found 0");
    assertThatThrownBy(() -> LoraSpec.of(1, 1, List.of())).hasMessageContaining("targets");
  }
}
