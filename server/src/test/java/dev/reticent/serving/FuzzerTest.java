package dev.reticent.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A part of what {@link Fuzzer}'s own command sends. */
class FuzzerTest {
  @Test
  void malformedRequestsGet4xxRevealNothingAndLeaveNothing()
      throws IOException, InterruptedException {
    Fuzzer.Summary summary = Fuzzer.run(2_000, 1);
    assertThat(summary.leaks()).isEmpty();
    assertThat(summary.statuses().keySet()).allMatch(status -> status / 100 == 4);
    assertThat(summary.codes().keySet())
        .contains("invalid_json", "invalid_value", "unsupported_parameter");
    assertThat(summary.grownBytes()).isLessThan(8 << 20);
  }

  @Test
  void manyOfTheRequestsAreJsonObjects() {
    assertThat(LongStream.range(0, 500).filter(s -> Malformed.parses(Malformed.of(s))).count())
        .isBetween(150L, 400L);
  }
}
