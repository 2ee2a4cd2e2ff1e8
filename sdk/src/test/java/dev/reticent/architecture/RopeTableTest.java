package dev.reticent.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.model.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against tables of Python transformers, written by make_golden.py for each scaling method. */
class RopeTableTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  static List<JsonNode> oracles() throws IOException {
    List<JsonNode> cases = new ArrayList<>();
    JSON.readTree(Golden.folder("rope.json").toFile()).forEach(cases::add);
    return cases;
  }

  @ParameterizedTest
  @MethodSource("oracles")
  void frequenciesAndTablesAreThoseOfTheReference(JsonNode oracle) throws IOException {
    Files.writeString(folder.resolve("config.json"), oracle.get("config").toString());
    RopeSettings settings = ModelConfig.read(folder).rope();
    int length = oracle.get("length").asInt();
    float[] frequencies = RopeTable.inverseFrequencies(settings, length);
    assertThat(frequencies).hasSize(oracle.get("inv_freq").size());
    for (int j = 0; j < frequencies.length; j++) {
      double expected = oracle.get("inv_freq").get(j).asDouble();
      assertThat((double) frequencies[j]).isCloseTo(expected, within(2.5e-7 * expected));
    }
    RopeTable table = RopeTable.of(settings, length);
    assertThat(table.half()).isEqualTo(frequencies.length);
    for (int i = 0; i < oracle.get("positions").size(); i++) {
      int position = oracle.get("positions").get(i).asInt();
      for (int j = 0; j < table.half(); j++) {
        int at = position * table.half() + j;
        double tolerance = 2e-7 * (1 + position);
        assertThat((double) table.cos()[at])
            .isCloseTo(oracle.get("cos").get(i).get(j).asDouble(), within(tolerance));
        assertThat((double) table.sin()[at])
            .isCloseTo(oracle.get("sin").get(i).get(j).asDouble(), within(tolerance));
      }
    }
  }
}
