package dev.reticent.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Faults planted in the real source, each in a real run of the recipe with an audit.
 * docs/privacy.md has the table of which are seen by what.
 */
class PlantedFaultsTest {

  private static final String DEVIATION = "plan.noiseMultiplier() * sum.sensitivity()";

  @TempDir Path folder;

  /** What notices a fault in a run of 120 canaries that claims ε = 1. */
  enum Seen {
    /** Its audit refutes the claim. */
    AUDIT,
    /** The step refuses to release the sum. */
    STEP,
    /** Too little for one run; the mutants' tests of docs/mutants.md, and the self-test. */
    TESTS
  }

  record Fault(String what, Seen by, String file, String from, String to) {}

  static final List<Fault> ALL =
      List.of(
          new Fault(
              "no noise", Seen.AUDIT, "GaussianMechanism", DEVIATION, "0 * sum.sensitivity()"),
          new Fault(
              "rounding drops the noise",
              Seen.AUDIT,
              "GaussianNoise",
              "grid.of(noise[i - from] * standardDeviation)",
              "(long) (noise[i - from] * standardDeviation)"),
          new Fault(
              "noise divided by the batch",
              Seen.TESTS,
              "GaussianMechanism",
              DEVIATION,
              DEVIATION + " / 12"),
          new Fault(
              "sampling is ignored",
              Seen.TESTS,
              "PoissonSampler",
              "random.nextDouble() < rate",
              "true"),
          new Fault(
              "half the noise",
              Seen.TESTS,
              "GaussianMechanism",
              DEVIATION,
              "0.5 * sum.sensitivity() * plan.noiseMultiplier()"),
          new Fault(
              "a sum released twice, its noise averaged",
              Seen.TESTS,
              "GaussianMechanism",
              DEVIATION,
              "Math.sqrt(0.5) * sum.sensitivity() * plan.noiseMultiplier()"),
          new Fault(
              "each step reuses the noise",
              Seen.TESTS,
              "GaussianMechanism",
              "deviation, key, sum.step()",
              "deviation, key, 0"),
          new Fault(
              "two steps share one stream of noise",
              Seen.TESTS,
              "GaussianMechanism",
              "deviation, key, sum.step()",
              "deviation, key, sum.step() / 2"),
          new Fault(
              "no clipping",
              Seen.STEP,
              "Scaling",
              "numerator / (Math.max(norm, floor) + offset)",
              "1"),
          new Fault(
              "each row counted twice",
              Seen.STEP,
              "PartialAccumulator",
              "double factor = rule.factor();",
              "double factor = 2 * rule.factor();"),
          new Fault(
              "clips the batch, not the row",
              Seen.STEP,
              "PartialAccumulator",
              "double[][] weights = rule.clipping().weights(norms);",
              "double[][] weights = rule.clipping().weights(norms); for (double[] g : weights) {"
                  + " java.util.Arrays.fill(g, java.util.Arrays.stream(g).max().orElse(1)); }"));

  static Stream<Fault> faults() {
    return ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("faults")
  @EnabledIfSystemProperty(named = "reticent.sweep", matches = "\\d+")
  void aPlantedFaultIsSeen(Fault fault) throws Exception {
    assertThat(seen(fault)).as(fault.what()).isEqualTo(fault.by());
  }

  private Seen seen(Fault fault) throws IOException, ReflectiveOperationException {
    ChangedSource code =
        ChangedSource.of(fault.file(), fault.from(), fault.to(), folder.resolve("code"));
    Method run = code.loadClass(FaultyRun.class.getName()).getDeclaredMethod("audit", String.class);
    run.setAccessible(true);
    try {
      JsonNode audit = new ObjectMapper().readTree((String) run.invoke(null, folder.toString()));
      return audit.path("refuted").asBoolean() ? Seen.AUDIT : Seen.TESTS;
    } catch (InvocationTargetException e) {
      assertThat(e.getCause()).isInstanceOf(IllegalStateException.class);
      return Seen.STEP;
    }
  }
}
