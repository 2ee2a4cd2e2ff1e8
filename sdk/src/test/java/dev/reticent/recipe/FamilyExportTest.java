package dev.reticent.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.testing.Python;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link FamilyExport} for every family. */
class FamilyExportTest {

  @TempDir Path folder;

  @Test
  void pythonReadsWhatWasMergedAndComputesTheSame() throws IOException {
    Python.require("torch", "transformers", "peft");
    FamilyExport.differences(folder)
        .forEach((name, difference) -> assertThat(difference).as(name).isLessThan(2e-4));
  }
}
