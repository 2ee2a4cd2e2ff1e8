package dev.reticent.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.audit.SelfTest;
import dev.reticent.config.Config;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.AdapterSlot;
import dev.reticent.lora.PeftFolder;
import dev.reticent.model.Golden;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With A frozen B alone is trained, noised and counted, and the adapter is a whole one. */
class FrozenARunTest {

  @TempDir Path folder;

  @Test
  void bIsTrainedAndAStaysAsItBeganInARunThatWasCutOffToo() throws IOException {
    Config config = TinyRun.repeatable(folder, 60).with("lora.freeze_a", true).with("max_steps", 3);
    ModelConfig model = ModelConfig.read(Golden.folder("mistral-tiny"));
    TinyRun.runTo(config, 1);
    FinetuneResult result = TinyRun.run(config);
    assertThat(result.plan().trainable()).isEqualTo(3 * 4 * (64 + 16));
    Adapter trained = PeftFolder.read(result.folder(), model);
    Adapter fresh = Adapter.initial(trained.layout(), 0);
    for (AdapterSlot slot : trained.layout().slots()) {
      assertThat(part(trained, slot.startA(), slot.startB()))
          .isEqualTo(part(fresh, slot.startA(), slot.startB()));
      assertThat(part(trained, slot.startB(), slot.end())).doesNotContain(0);
    }
    assertThat(SelfTest.of(config).run(4).passed()).isTrue();
  }

  private static float[] part(Adapter adapter, int from, int to) {
    return Arrays.copyOfRange(adapter.values(), from, to);
  }
}
