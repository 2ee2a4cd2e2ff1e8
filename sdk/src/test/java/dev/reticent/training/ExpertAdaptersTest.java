package dev.reticent.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.config.UserInputException;
import dev.reticent.decoding.AdapterRoom;
import dev.reticent.decoding.DecodingSession;
import dev.reticent.decoding.SessionOptions;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.AdapterLayout;
import dev.reticent.lora.LoraSpec;
import dev.reticent.lora.PeftFolder;
import dev.reticent.model.AdapterId;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import dev.reticent.model.Golden;
import dev.reticent.weights.DecoderOptions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Adapters of a mixture's experts in a session; what PEFT makes of them is in FamiliesTest. */
class ExpertAdaptersTest {

  private static final Path MODEL = Golden.family("qwen2_moe");
  private static final int[] IDS = {1, 45, 7, 61, 8, 19, 2, 78, 5, 33, 12, 70};

  @Test
  void rowsOfOneBatchUseTheExpertsAdaptersThatTheyAskFor() {
    try (Decoder decoder = Decoder.load(MODEL, DecoderOptions.standard())) {
      Adapter read = PeftFolder.read(MODEL.resolve("adapter"), decoder.config());
      Adapter other = other(decoder.config());
      Map<AdapterId, AdapterTensors> both = new LinkedHashMap<>();
      try (AdapterTensors one = read.on(decoder);
          AdapterTensors two = other.on(decoder);
          AdapterTensors none = AdapterTensors.none(decoder.config(), decoder.device())) {
        both.put(read.id(), one);
        both.put(other.id(), two);
        SessionOptions options = SessionOptions.of(3, 32);
        try (DecodingSession session =
            DecodingSession.on(decoder, both, options, new AdapterRoom(1, 4))) {
          int[] start = Arrays.copyOf(IDS, IDS.length - 1);
          int last = IDS[IDS.length - 1];
          List<AdapterId> ids = List.of(other.id(), AdapterId.NONE, read.id());
          int[] rows = new int[3];
          for (int i = 0; i < rows.length; i++) {
            rows[i] = session.open(ids.get(i), start, IDS.length + 1);
            session.extend(
                rows[i], Arrays.copyOfRange(start, session.length(rows[i]), start.length));
          }
          float[][] found = session.step(rows, new int[] {last, last, last});
          agree(found[0], decoder.logits(IDS, two));
          agree(found[1], decoder.logits(IDS, none));
          agree(found[2], decoder.logits(IDS, one));
          assertThatThrownBy(() -> session.loading(read.id(), read.on(decoder)))
              .isInstanceOf(UserInputException.class)
              .hasMessageContaining("name it when the server starts");
        }
      }
    }
  }

  private static Adapter other(ModelConfig config) {
    LoraSpec spec = LoraSpec.of(3, 4, List.of("mlp.experts.down_proj", "q_proj"));
    Adapter adapter = Adapter.initial(AdapterLayout.of(config, spec), 1);
    for (int i = 0; i < adapter.values().length; i++) {
      adapter.values()[i] += (float) (0.1 * Math.sin(i));
    }
    return adapter;
  }

  private static void agree(float[] found, float[] all) {
    int v = found.length;
    for (int i = 0; i < v; i++) {
      assertThat(found[i]).isCloseTo(all[all.length - v + i], within(2e-4f));
    }
  }

  @Test
  void expertsAreCalledByTheirWholeNameAndHaveNoDropout() {
    ModelConfig mixtral = ModelConfig.read(Golden.family("mixtral"));
    LoraSpec experts = LoraSpec.of(2, 4, List.of("mlp.experts.gate_up_proj"));
    AdapterLayout layout = AdapterLayout.of(mixtral, experts);
    assertThat(layout.slots()).hasSize(2).allMatch(slot -> slot.rowsA() == 2 * 4);
    assertThat(layout.slots().get(0).nameA()).isEqualTo("model.layers.0.mlp.experts.lora_A.weight");
    assertThatThrownBy(() -> AdapterLayout.of(mixtral, LoraSpec.of(2, 4, List.of("down_proj"))))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("mlp.experts.down_proj");
    assertThatThrownBy(() -> AdapterLayout.of(mixtral, experts.withDropout(0.1)))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("lora_dropout to 0");
  }
}
