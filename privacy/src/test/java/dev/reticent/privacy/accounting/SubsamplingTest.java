package dev.reticent.privacy.accounting;

import static dev.reticent.privacy.accounting.References.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Samplers other than Poisson, and users of several rows, against dp_accounting 0.6.0. */
class SubsamplingTest {
  private static final Pattern PARAMETER = Pattern.compile("([A-Za-z_]+)=([0-9.eE-]+)");

  static List<Map<String, String>> rows() throws IOException {
    return References.rows("accounting_reference_extra.csv").stream()
        .map(SubsamplingTest::withParameters)
        .toList();
  }

  private static Map<String, String> withParameters(Map<String, String> row) {
    Map<String, String> all = new HashMap<>(row);
    Matcher matcher = PARAMETER.matcher(row.get("params"));
    while (matcher.find()) {
      all.put(matcher.group(1), matcher.group(2));
    }
    return all;
  }

  /** The reference's grid is 1e-3, so it is up to 1e-3 high. */
  @ParameterizedTest
  @MethodSource("rows")
  void everyRowOfTheReferenceIsReached(Map<String, String> row) {
    double expected = number(row, "epsilon");
    double delta = number(row, "delta");
    double ours = accountant(row).epsilon(event(row), delta);
    assertThat(ours).as(row.toString()).isBetween(expected - 1e-3, expected + 1e-5);
  }

  private static PrivacyEvent event(Map<String, String> row) {
    double sigma = number(row, "sigma");
    int steps = (int) number(row, row.containsKey("T") ? "T" : "epochs");
    return switch (row.get("kind")) {
      case "truncated_poisson" ->
          new PrivacyEvent(
              new Subsampling.TruncatedPoisson(
                  number(row, "q"), (int) number(row, "N"), (int) number(row, "Bmax")),
              sigma,
              steps);
      // Its σ is over the distance that replacing a row can move the sum, 2C; ours is over C.
      case "fixed_size_without_replacement" ->
          new PrivacyEvent(
              new Subsampling.FixedSize((int) number(row, "B"), (int) number(row, "N")),
              2 * sigma,
              steps);
      case "no_amplification" -> new PrivacyEvent(new Subsampling.OncePerPass(), sigma, steps);
      default -> PrivacyEvent.poisson(number(row, "q"), sigma, steps);
    };
  }

  private static Accountant accountant(Map<String, String> row) {
    int rows = row.containsKey("examples_per_user") ? (int) number(row, "examples_per_user") : 1;
    Adjacency adjacency =
        switch (row.get("adjacency")) {
          case "REPLACE_SPECIAL" -> Adjacency.ZERO_OUT;
          case "REPLACE_ONE" -> Adjacency.REPLACE_ONE;
          default -> Adjacency.ADD_OR_REMOVE_ONE;
        };
    Neighbors neighbors = new Neighbors(adjacency, rows);
    return row.get("kind").startsWith("fixed_size")
        ? new RdpAccountant(neighbors)
        : new PldAccountant(neighbors);
  }

  @Test
  void whatHasNoAccountantYieldsNoEpsilon() {
    Subsampling fixed = new Subsampling.FixedSize(500, 10_000);
    Subsampling truncated = new Subsampling.TruncatedPoisson(0.05, 10_000, 600);
    for (Neighbors neighbors :
        List.of(
            Neighbors.ADD_OR_REMOVE_ROW,
            Neighbors.of(Adjacency.ZERO_OUT),
            new Neighbors(Adjacency.REPLACE_ONE, 2))) {
      assertRefused(new RdpAccountant(neighbors), fixed);
      assertRefused(new PldAccountant(neighbors), fixed);
    }
    for (Accountant accountant :
        List.of(
            new PldAccountant(Neighbors.ADD_OR_REMOVE_ROW),
            new RdpAccountant(Neighbors.ADD_OR_REMOVE_ROW),
            new PldAccountant(new Neighbors(Adjacency.ZERO_OUT, 2)))) {
      assertRefused(accountant, truncated);
    }
    assertRefused(
        new PldAccountant(new Neighbors(Adjacency.REPLACE_ONE, 2)), new Subsampling.Poisson(0.1));
  }

  private static void assertRefused(Accountant accountant, Subsampling sampling) {
    assertThat(accountant.covers(sampling)).isFalse();
    PrivacyEvent event = new PrivacyEvent(sampling, 1, 1);
    assertThatThrownBy(() -> accountant.epsilon(event, 1e-5))
        .isInstanceOf(UnaccountedException.class)
        .hasMessageContaining("has no bound for " + sampling);
  }

  @Test
  void aLimitAboveAnyBatchCostsNothing() {
    Neighbors zero = Neighbors.of(Adjacency.ZERO_OUT);
    int limit = Subsampling.TruncatedPoisson.largestBatch(0.05, 10_000);
    assertThat(limit).isEqualTo(635);
    double plain = new PldAccountant(zero).epsilon(PrivacyEvent.poisson(0.05, 0.8, 20), 1e-5);
    double cut =
        new PldAccountant(zero)
            .epsilon(
                new PrivacyEvent(new Subsampling.TruncatedPoisson(0.05, 10_000, limit), 0.8, 20),
                1e-5);
    assertThat(cut).isBetween(plain, plain + 1e-4);
  }

  @Test
  void drawingEveryRowAndCuttingIsNotOneGaussian() {
    Neighbors zero = Neighbors.of(Adjacency.ZERO_OUT);
    Subsampling halved = new Subsampling.TruncatedPoisson(1, 100, 50);
    double whole = new PldAccountant(zero).epsilon(PrivacyEvent.poisson(1, 2, 10), 1e-5);
    assertThat(new PldAccountant(zero).epsilon(new PrivacyEvent(halved, 2, 10), 1e-5))
        .isGreaterThan(whole);
    assertThat(new RdpAccountant(zero).epsilon(new PrivacyEvent(halved, 2, 10), 1e-5))
        .isGreaterThan(whole);
  }

  /** The pairs of k rows: PLD is below RDP, grows with k, and at q = 1 is a Gaussian k apart. */
  @Test
  void usersCostMoreTheMoreRowsTheyHave() {
    PrivacyEvent event = PrivacyEvent.poisson(0.02, 1.5, 100);
    double before = 0;
    for (int rows : new int[] {1, 2, 4, 8}) {
      Neighbors users = new Neighbors(Adjacency.ADD_OR_REMOVE_ONE, rows);
      EpsilonBracket ours = new PldAccountant(users).bracket(event, 1e-6);
      assertThat(ours.width()).isLessThan(1e-3);
      assertThat(ours.lower()).isGreaterThan(before);
      assertThat(new RdpAccountant(users).epsilon(event, 1e-6)).isGreaterThan(ours.upper());
      before = ours.upper();
    }
    Neighbors pairs = new Neighbors(Adjacency.ADD_OR_REMOVE_ONE, 2);
    assertThat(new PldAccountant(pairs).epsilon(PrivacyEvent.poisson(1, 10, 100), 1e-5))
        .isCloseTo(9.9972561464, within(1e-9));
  }

  @Test
  void binomialTailsAreThoseOfTheDefinition() {
    assertThat(Binomial.atLeast(2, 3, 0.25)).isCloseTo(10 / 64.0, within(1e-15));
    assertThat(Binomial.atLeast(1, 3, 0.25)).isCloseTo(37 / 64.0, within(1e-15));
    assertThat(Binomial.atLeast(4, 3, 0.25)).isZero();
    assertThat(Binomial.atLeast(0, 3, 0.25)).isOne();
    // mpmath 1.3.0, 40 digits, the sum of the definition.
    assertThat(Binomial.atLeast(600, 9999, 0.05)).isCloseTo(4.45987865251814e-6, within(1e-17));
  }
}
