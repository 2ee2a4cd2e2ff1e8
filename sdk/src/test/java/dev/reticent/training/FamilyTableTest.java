package dev.reticent.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.architecture.Families;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.model.Golden;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The table of families in docs/models.md against what there is. */
class FamilyTableTest {

  /** The first five have larger checkpoints and tests of their own; of others none was made. */
  private static final Set<String> ELSEWHERE =
      Set.of(
          "qwen2",
          "qwen3",
          "phi3",
          "qwen2_vl",
          "qwen2_vl_text",
          "qwen2_5_vl",
          "qwen2_5_vl_text",
          "qwen3_vl_text",
          "gemma4_unified_text");

  @Test
  void everyCheckpointAndEveryFamilyHasItsLine() throws IOException {
    List<List<String>> rows = FamilyTable.rows();
    assertThat(rows).extracting(row -> row.get(0)).isEqualTo(Golden.families());
    Set<String> types = new TreeSet<>(ELSEWHERE);
    for (List<String> row : rows) {
      String type = ModelConfig.read(Golden.family(row.get(0))).family().modelType();
      assertThat(row.get(1)).as(row.get(0)).isEqualTo(type);
      types.add(type);
    }
    assertThat(types).isEqualTo(new TreeSet<>(Families.modelTypes()));
  }

  @Test
  void whatItSaysIsWithinTheLimits() throws IOException {
    for (List<String> row : FamilyTable.rows()) {
      String name = row.get(0);
      assertThat(Double.parseDouble(row.get(2))).as(name + ", logits").isLessThan(2e-4);
      assertThat(Double.parseDouble(row.get(3))).as(name + ", decoded").isLessThan(2e-4);
      assertThat(Double.parseDouble(row.get(4))).as(name + ", gradients").isLessThan(1e-3);
      assertThat(Double.parseDouble(row.get(5))).as(name + ", merged").isLessThan(2e-4);
      assertThat(Double.parseDouble(row.get(6))).as(name + ", NF4").isBetween(1e-6, 10.0);
      assertThat(row.get(7)).as(name + ", chat template").matches("|equal \\(\\d+\\)");
    }
  }
}
