package dev.reticent.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.engine.GraphOptimizers;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** libtorch optimizes a program's graphs on cards and not on processors. */
class OptimizedGraphsTest {

  @AfterEach
  void asProcessorsHaveIt() {
    GraphOptimizers.everywhere(false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gemma2", "mixtral"})
  void computeWhatPlainGraphsDo(String family) throws IOException {
    FamilyCheck plain = FamilyCheck.of(family);
    GraphOptimizers.everywhere(true);
    assertThat(FamilyCheck.of(family)).isEqualTo(plain);
  }
}
