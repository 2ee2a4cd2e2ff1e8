package dev.reticent.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.model.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table of families in docs/models.md, which FamilyCheck prints, against what there is. */
class FamilyTableTest {

  private static final Path DOCS =
      Path.of(System.getProperty("basedir", "."), "..", "docs", "models.md");

  private static List<String[]> rows() throws IOException {
    String text = Files.readString(DOCS);
    return text.substring(text.indexOf("| checkpoint |"))
        .lines()
        .takeWhile(line -> line.startsWith("|"))
        .skip(2)
        .map(line -> line.substring(2, line.length() - 2).split(" \\| "))
        .toList();
  }

  @Test
  void everyCheckpointHasItsLineWithinTheLimits() throws IOException {
    assertThat(rows()).extracting(row -> row[0]).isEqualTo(Golden.families());
    for (String[] row : rows()) {
      ModelConfig config = ModelConfig.read(Golden.family(row[0]));
      assertThat(row[1]).as(row[0]).isEqualTo(config.family().modelType());
      assertThat(Double.parseDouble(row[2])).as(row[0] + ", logits").isLessThan(2e-4);
      assertThat(Double.parseDouble(row[3])).as(row[0] + ", decoded").isLessThan(2e-4);
      assertThat(Double.parseDouble(row[4])).as(row[0] + ", gradients").isLessThan(1e-3);
      assertThat(Double.parseDouble(row[5])).as(row[0] + ", NF4").isBetween(1e-6, 10.0);
    }
  }

  @Test
  void everyFamilyIsNamed() throws IOException {
    String text = Files.readString(DOCS);
    String families =
        text.substring(text.indexOf("## Families"), text.indexOf("## Chat templates"));
    for (String type : Families.modelTypes()) {
      assertThat(families).contains(type.replace("_text", ""));
    }
  }
}
