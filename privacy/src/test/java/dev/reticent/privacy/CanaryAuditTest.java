package dev.reticent.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.privacy.CanaryAudit.Scored;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CanaryAuditTest {

  private static List<Scored> scores(int count, boolean tell) {
    return IntStream.range(0, count)
        .mapToObj(i -> new Scored(tell ? i % 2 : 0, i % 2 == 1))
        .toList();
  }

  /** −log(0.0125^(−1/1000) − 1), the bound of a thousand right guesses at a quarter of 5 %. */
  @Test
  void canariesThatAreAllToldApartProveAnEpsilonAboveFive() {
    CanaryAudit audit = CanaryAudit.of(scores(1000, true), 0);
    assertThat(audit.guesses()).isEqualTo(1000);
    assertThat(audit.right()).isEqualTo(1000);
    assertThat(audit.epsilonLower()).isBetween(5.42, 5.44);
    assertThat(audit.refutes(5)).isTrue();
    assertThat(audit.refutes(Double.POSITIVE_INFINITY)).isFalse();
    assertThat(audit.roc()).contains(new Decisions.Point(0, 1));
  }

  /** Whatever the order of the rows: where scores are equal the auditor gains nothing. */
  @Test
  void equalScoresProveNothing() {
    assertThat(CanaryAudit.of(scores(1000, false), 0).epsilonLower()).isZero();
  }

  /** Counted by hand: in, out, in on top, then in in the middle, then out, in, out. */
  @Test
  void coinsAreToldByBothEndsOfTheRanks() {
    List<Scored> ranked =
        List.of(
            new Scored(7, true),
            new Scored(6, false),
            new Scored(5, true),
            new Scored(4, true),
            new Scored(3, false),
            new Scored(2, true),
            new Scored(1, false));
    assertThat(CanaryAudit.of(ranked, 0).told()).isEqualTo(4);
    assertThat(CanaryAudit.of(ranked.subList(0, 2), 0).told()).isEqualTo(2);
    assertThat(CanaryAudit.of(scores(1000, true), 0).told()).isEqualTo(1000);
    assertThat(CanaryAudit.of(scores(1000, false), 0).told()).isZero();
  }

  /** Two audits at half the doubt each hold together as one at all of it. */
  @Test
  void halfTheDoubtProvesALittleLess() {
    CanaryAudit half = CanaryAudit.of(scores(1000, true), 0, 0.975);
    assertThat(half.confidence()).isEqualTo(0.975);
    // −log(0.00625^(−1/1000) − 1)
    assertThat(half.epsilonLower()).isBetween(5.28, 5.29);
  }
}
