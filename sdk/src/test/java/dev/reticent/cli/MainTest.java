package dev.reticent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String line) {
    return Main.run(line.split(" "), new PrintWriter(out, true), new PrintWriter(err, true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--help", "privacy --help", "privacy epsilon --help", "privacy noise --help"})
  void everyCommandHasHelp(String line) {
    assertThat(run(line)).isZero();
    assertThat(out.toString()).contains("Usage: reticent").contains("--help");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void commandsOfOtherModulesAreFoundAndFailLikeOurs() {
    assertThat(run("guest")).isEqualTo(2);
    assertThat(err.toString()).isEqualToIgnoringNewLines("guest: nothing to do");
    assertThat(run("guest --help")).isZero();
  }

  /**
   * Opacus 1.6.0's RDP accountant gives 4.48020 at its own orders; between them lies a lower one.
   */
  @Test
  void epsilonIsPrintedAsOneJsonObject() throws IOException {
    int code =
        run(
            "privacy epsilon --sampling-rate 0.02434559330 --noise-multiplier 0.9 --steps 411"
                + " --delta 1e-5 --json");
    assertThat(code).as(err.toString()).isZero();
    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(json.get("epsilon_rdp").asDouble()).isBetween(4.479, 4.48020);
    assertThat(json.get("adjacency").asText()).isEqualTo("add-remove");
  }

  /** dp_accounting 0.6.0's RDP calibration of the same shape at ε = 3 gives σ = 1.08113. */
  @Test
  void noiseKeepsTheBudgetAndIsTheSmallest() throws IOException {
    int code =
        run(
            "privacy noise --epsilon 3 --sampling-rate 0.02434559330 --steps 411 --delta 1e-5"
                + " --json");
    assertThat(code).as(err.toString()).isZero();
    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(json.get("noise_multiplier_rdp").asDouble()).isCloseTo(1.0811, within(2e-4));
    assertThat(json.get("epsilon_rdp").asDouble()).isLessThanOrEqualTo(3).isGreaterThan(2.999);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "privcy",
        "privacy epsilon --sampling-rate 0.1",
        "privacy epsilon --sampling-rate 2 --noise-multiplier 1 --steps 1 --delta 1e-5",
        "privacy epsilon --sampling-rate x --noise-multiplier 1 --steps 1 --delta 1e-5",
        "privacy noise --epsilon -1 --sampling-rate 0.1 --steps 1 --delta 1e-5",
      })
  void badInputEndsWithTwoAndAMessageWithoutAStackTrace(String line) {
    assertThat(run(line)).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).isNotBlank().doesNotContain("\tat ", "Exception");
  }
}
