package dev.reticent.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.model.Golden;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every family against transformers and PEFT on tiny checkpoints (make_families.py). */
class FamiliesTest {

  static List<String> names() {
    return Golden.families();
  }

  @ParameterizedTest
  @MethodSource("names")
  void logitsDecodingAndGradientsAgree(String name) throws IOException {
    FamilyCheck found = FamilyCheck.of(name);
    assertThat(found.logits()).as("logits").isLessThan(2e-4);
    assertThat(found.cache()).as("decoded").isLessThan(2e-4);
    assertThat(found.gradients()).as("gradient norms").isLessThan(1e-3);
    assertThat(found.nf4()).as("logits with NF4").isBetween(1e-6, 10.0);
  }
}
