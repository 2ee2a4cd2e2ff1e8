package dev.reticent.privacy.accounting;

import static dev.reticent.privacy.accounting.References.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OneRunAuditTest {

  static List<Map<String, String>> rows() throws IOException {
    return References.rows("audit_reference.csv");
  }

  /** Against the formula as jax_privacy.auditing has it; the file says how it was made. */
  @ParameterizedTest
  @MethodSource("rows")
  void boundsAreThoseOfTheReference(Map<String, String> row) {
    assertThat(
            OneRunAudit.epsilon(
                (int) number(row, "canaries_m"),
                (int) number(row, "guesses_r"),
                (int) number(row, "correct_v"),
                number(row, "delta"),
                number(row, "confidence")))
        .isCloseTo(number(row, "eps_lower_bound"), within(1e-5));
  }

  /**
   * Randomised response with ε tells each coin with probability e^ε/(1 + e^ε): the tightest case,
   * where the bound is above ε in at most 5 % of audits. With 400 audits 32 is three deviations up.
   */
  @Test
  void theBoundIsRarelyAboveTheTruth() {
    SplittableRandom random = new SplittableRandom(1);
    double truth = 1;
    double success = 1 / (1 + Math.exp(-truth));
    int above = 0;
    for (int audit = 0; audit < 400; audit++) {
      int right = 0;
      for (int i = 0; i < 300; i++) {
        right += random.nextDouble() < success ? 1 : 0;
      }
      above += OneRunAudit.epsilon(300, 300, right, 0, 0.95) > truth ? 1 : 0;
    }
    assertThat(above).isBetween(1, 32);
  }

  @Test
  void guessingRefutesNothingAndCountsMustAgree() {
    assertThat(OneRunAudit.epsilon(1000, 100, 50, 1e-5, 0.95)).isZero();
    assertThat(OneRunAudit.epsilon(10, 0, 0, 1e-5, 0.95)).isZero();
    assertThatThrownBy(() -> OneRunAudit.epsilon(10, 5, 6, 0, 0.95))
        .hasMessageContaining("found 6 right of 5 guesses on 10");
  }
}
