package dev.reticent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.model.Golden;
import dev.reticent.run.LoadedModel;
import dev.reticent.run.Progress;
import dev.reticent.run.TunedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeldModelTest {

  @TempDir Path folder;

  private final HeldModel held = new HeldModel();
  private final List<String> phases = new ArrayList<>();
  private final Progress progress =
      new Progress() {
        @Override
        public void phase(String what) {
          phases.add(what);
        }

        @Override
        public void progressed(String what, int done, int total) {}
      };

  private LoadedModel used(Config config) {
    return held.use(config, progress, TunedModel::model);
  }

  @Test
  void aBaseStaysLoadedUntilItsFilesChangeOrItsMemoryIsWanted() throws IOException {
    try (Stream<Path> files = Files.list(Golden.folder("mistral-tiny"))) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    Config config = Config.empty().with("model_dir", folder.toString());
    LoadedModel first = used(config);
    assertThat(used(config.with("max_new_tokens", 3))).isSameAs(first);
    assertThat(phases).as("loaded once").containsExactly("loading the model");
    assertThat(held.name()).hasValue(folder.toString());

    assertThatThrownBy(() -> used(Config.empty().with("model_dir", "no/such/model")))
        .isInstanceOf(UserInputException.class);
    assertThat(used(config)).as("a mistake lets go of nothing").isSameAs(first);

    FileTime later = FileTime.fromMillis(System.currentTimeMillis() + 60_000);
    Files.setLastModifiedTime(folder.resolve("model.safetensors"), later);
    LoadedModel second = used(config);
    assertThat(second).isNotSameAs(first);

    held.release();
    assertThat(held.name()).isEmpty();
    assertThat(used(config)).isNotSameAs(second);
    held.release();
    assertThat(phases).hasSize(3);
  }
}
