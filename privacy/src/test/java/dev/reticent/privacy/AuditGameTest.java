package dev.reticent.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.privacy.MutantsTest.Mutant;
import dev.reticent.privacy.accounting.Neighbors;
import dev.reticent.privacy.accounting.PldAccountant;
import dev.reticent.privacy.accounting.PrivacyEvent;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An audit finds no fault in the real step, and finds those that are planted. */
class AuditGameTest {

  private static final String DEVIATION = "plan.noiseMultiplier() * sum.sensitivity()";
  private static final String WEIGHT = "numerator / (Math.max(norm, floor) + offset)";
  private static final String DRAWN = "random.nextDouble() < rate";
  private static final PrivacyEvent EVENT =
      PrivacyEvent.poisson(
          AuditGame.PLAN.samplingRate(), AuditGame.PLAN.noiseMultiplier(), AuditGame.PLAN.steps());
  private static final PldAccountant PLD = new PldAccountant(Neighbors.ADD_OR_REMOVE_ROW);
  private static final double ACCURACY = PLD.tradeOff(EVENT).accuracy();
  private static final double EPSILON = PLD.epsilon(EVENT, 1e-5);

  @Test
  void theRealStepIsNotFlagged() throws IOException {
    assertThat(AuditGame.flagged(ACCURACY, EPSILON)).isFalse();
  }

  static List<Mutant> faults() {
    return List.of(
        fault("no noise", "GaussianMechanism", DEVIATION, "0 * sum.sensitivity()"),
        fault("half the noise", "GaussianMechanism", DEVIATION, "0.5 * " + DEVIATION),
        fault(
            "the noise of two releases of a sum, averaged",
            "GaussianMechanism",
            DEVIATION,
            "Math.sqrt(0.5) * " + DEVIATION),
        fault("noise divided by the batch", "GaussianMechanism", DEVIATION, DEVIATION + " / 64"),
        fault(
            "each step reuses the noise",
            "GaussianMechanism",
            "deviation, key, sum.step()",
            "deviation, key, 0"),
        fault("no clipping", "Scaling", WEIGHT, "1"),
        fault("clips to three times C", "Scaling", WEIGHT, "3 * numerator / norm"),
        fault("sampling is ignored", "PoissonSampler", DRAWN, "true"),
        fault("samples more often than accounted", "PoissonSampler", DRAWN, DRAWN + " * 1.5"),
        fault(
            "more steps than accounted",
            "PoissonSampler",
            "step < plan.steps()",
            "step < 4 * plan.steps()"));
  }

  private static Mutant fault(String what, String file, String from, String to) {
    return new Mutant(what, file, from, to, "");
  }

  /** Where the step refuses to go on with what it was given, nothing was released. */
  @ParameterizedTest
  @MethodSource("faults")
  void aPlantedFaultIsFlagged(Mutant fault) throws Exception {
    Method game =
        MutantsTest.loaded(fault, AuditGame.class)
            .getDeclaredMethod("flagged", double.class, double.class);
    game.setAccessible(true);
    boolean flagged;
    try {
      flagged = (boolean) game.invoke(null, ACCURACY, EPSILON);
    } catch (InvocationTargetException e) {
      assertThat(e.getCause()).isNotInstanceOf(LinkageError.class);
      flagged = e.getCause().getMessage().contains("clip");
    }
    assertThat(flagged).as(fault.what()).isTrue();
  }
}
