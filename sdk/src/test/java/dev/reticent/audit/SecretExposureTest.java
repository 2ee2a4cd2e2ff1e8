package dev.reticent.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reticent.run.FinetuneResult;
import dev.reticent.run.TinyRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretExposureTest {

  private static final String QUESTION = "number 3?";

  @TempDir Path folder;

  @Test
  void theLikeliestOf1024HasTenBitsAndTheLeastLikelyNone() {
    assertThat(new SecretExposure(1, 1024).bits()).isCloseTo(10, within(1e-12));
    assertThat(new SecretExposure(512, 1024).bits()).isCloseTo(1, within(1e-12));
    assertThat(new SecretExposure(1024, 1024).bits()).isZero();
  }

  @Test
  void anUnseenSecretHasOneOverTheLogarithmOfTwoBitsOnAverage() {
    // The mean of log₂(n / rank) over ranks that are equally likely tends to 1 / ln 2.
    double mean =
        IntStream.rangeClosed(1, 100_000)
            .mapToDouble(rank -> new SecretExposure(rank, 100_000).bits())
            .average()
            .orElseThrow();
    assertThat(mean).isCloseTo(1 / Math.log(2), within(1e-3));
  }

  @Test
  void whatAModelWasTrainedToSayIsExposedAndWhatItWasNotIsNot() throws IOException {
    FinetuneResult run =
        TinyRun.run(
            TinyRun.config(folder, 60)
                .without("privacy.target_epsilon")
                .with("privacy.enabled", false)
                .with("max_steps", 20));
    List<String> others = List.of("no", "never", "perhaps", "42");
    assertThat(SecretExposure.of(run.folder(), QUESTION, "yes", others))
        .isEqualTo(new SecretExposure(1, 5));

    SecretExposure unseen =
        SecretExposure.of(run.folder(), QUESTION, "never", List.of("yes", "no", "perhaps", "42"));
    assertThat(unseen.rank()).isGreaterThan(1);
    assertThat(unseen.candidates()).isEqualTo(5);

    // A candidate that is as likely as the secret does not hide it.
    assertThat(SecretExposure.of(run.folder(), QUESTION, "yes", List.of("yes")).rank())
        .isEqualTo(1);
  }
}
