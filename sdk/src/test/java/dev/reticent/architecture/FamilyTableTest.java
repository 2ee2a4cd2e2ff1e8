package dev.reticent.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The families in docs/models.md against those that are computed. */
class FamilyTableTest {

  @Test
  void everyFamilyIsNamedInTheDocs() throws IOException {
    Path docs = Path.of(System.getProperty("basedir", "."), "..", "docs", "models.md");
    String text = Files.readString(docs);
    String families =
        text.substring(text.indexOf("## Families"), text.indexOf("## Chat templates"));
    for (String type : Families.modelTypes()) {
      assertThat(families).contains(type.replace("_text", ""));
    }
  }
}
