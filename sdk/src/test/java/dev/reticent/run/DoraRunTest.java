package dev.reticent.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.AdapterSlot;
import dev.reticent.lora.PeftFolder;
import dev.reticent.model.Golden;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Magnitudes are trained, charged and written like any other value. */
class DoraRunTest {

  @TempDir Path folder;

  @Test
  void magnitudesAreTrainedPrivatelyAndARunGoesOnFromItsOwnKindAlone() throws IOException {
    Config config = TinyRun.repeatable(folder, 60).with("lora.use_dora", true).with("max_steps", 2);
    FinetuneResult result = TinyRun.run(config);
    assertThat(result.epsilon()).isPositive();
    ModelConfig model = ModelConfig.read(Golden.folder("mistral-tiny"));
    Adapter trained = PeftFolder.read(result.folder(), model);
    AdapterSlot slot = trained.layout().slots().get(0);
    assertThat(slot.dora()).isTrue();
    assertThat(trained.layout().size()).isEqualTo(3 * (4 * (64 + 64) + 64 + 4 * (64 + 16) + 16));
    String start = result.folder().toString();
    Config next = config.with("checkpoint_path", start).with("saving_dir", start + "-next");
    assertThat(TinyRun.run(next).steps()).isEqualTo(2);
    for (Config other :
        new Config[] {next.with("lora.use_dora", false), next.with("lora.lora_rank", 2)}) {
      assertThatThrownBy(() -> TinyRun.run(other.with("saving_dir", start + "-other")))
          .isInstanceOf(UserInputException.class)
          .hasMessageContaining("checkpoint_path")
          .hasMessageContaining("rank 4");
    }
  }
}
